# One switch for the whole tree: objects with and without a sanitizer do not mix.
if(EDGE_ROLLUP_SANITIZE)
  add_compile_options(-fsanitize=${EDGE_ROLLUP_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  if(EDGE_ROLLUP_SANITIZE STREQUAL "thread")
    add_compile_options(-Wno-tsan)  # Asio's fences, which g++ says it cannot check
  endif()
  add_link_options(-fsanitize=${EDGE_ROLLUP_SANITIZE})
endif()
