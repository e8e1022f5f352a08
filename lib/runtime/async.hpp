// The coroutine vocabulary of the house, so that an awaiting statement holds names only (g++ 12 frees temporaries of
// some awaiting expressions twice).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace edge_rollup::runtime {

namespace asio = boost::asio;

template <class T>
using task = asio::awaitable<T>;

/// Completion token: the error code comes as a value of the result tuple instead of an exception.
inline constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

}  // namespace edge_rollup::runtime
