# What most sources include of other libraries is compiled once and not for each of them: a build takes two thirds of
# the time. Release builds do without, so that a source which lacks an include of its own is found.
option(EDGE_ROLLUP_PRECOMPILED_HEADERS "Compile the headers of other libraries once for all sources" OFF)

set(precompiled_headers_of_core
  <algorithm> <array> <charconv> <chrono> <cstdint> <expected> <functional> <map> <memory> <optional> <span>
  <string> <string_view> <system_error> <unordered_map> <utility> <variant> <vector>
  <fmt/format.h>)
set(precompiled_headers_of_io
  ${precompiled_headers_of_core}
  <filesystem>
  <boost/asio/any_io_executor.hpp> <boost/asio/as_tuple.hpp> <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp>
  <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp> <boost/asio/post.hpp> <boost/asio/use_awaitable.hpp>)

# A set of headers, to be used by targets that are compiled with the same options as `LIBRARIES` ask for.
function(add_precompiled_headers name)
  cmake_parse_arguments(PARSE_ARGV 1 set "" "" "LIBRARIES;HEADERS")
  if(EDGE_ROLLUP_PRECOMPILED_HEADERS)
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp CONTENT "")
    add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
    target_link_libraries(${name} PRIVATE rollup_warnings ${set_LIBRARIES})  # -Wpedantic changes macros
    target_precompile_headers(${name} PRIVATE ${set_HEADERS})
  endif()
endfunction()

function(use_precompiled_headers set)
  if(EDGE_ROLLUP_PRECOMPILED_HEADERS)
    foreach(target IN LISTS ARGN)
      target_precompile_headers(${target} REUSE_FROM ${set})
    endforeach()
  endif()
endfunction()
