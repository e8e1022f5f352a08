# Every target of the project links this interface target; third-party headers come in as system headers.
add_library(rollup_warnings INTERFACE)
target_compile_options(rollup_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>  # libstdc++ 12 deprecates what its own stable_sort calls
  $<$<BOOL:${EDGE_ROLLUP_WERROR}>:-Werror>)
