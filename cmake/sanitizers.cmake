# One switch for the whole tree: objects with and without a sanitizer do not mix.
if(EDGE_ROLLUP_SANITIZE)
  add_compile_options(-fsanitize=${EDGE_ROLLUP_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_compile_options(-g1)  # files and lines, as reports show them, but no variables
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
  if(EDGE_ROLLUP_SANITIZE MATCHES "undefined" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # They nearly double the time to compile. The address sanitizer sees what is done through a null pointer, the
    # standard library's assertions who gives one away as a reference; the fuzz targets, built by clang, check
    # alignment.
    add_compile_options(-fno-sanitize=null,alignment)
  endif()
  if(EDGE_ROLLUP_SANITIZE STREQUAL "thread")
    add_compile_options(-Wno-tsan)  # Asio's fences, which g++ says it cannot check
  endif()
  add_link_options(-fsanitize=${EDGE_ROLLUP_SANITIZE})
endif()
