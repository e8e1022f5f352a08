// The one file that compiles Asio's own function bodies (BOOST_ASIO_SEPARATE_COMPILATION), so that no other file pays
// for them.
#include <boost/asio/impl/src.hpp>
