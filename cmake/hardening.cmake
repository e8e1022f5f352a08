# Optimised builds are hardened: position-independent, all relocations done and sealed at the start, stacks and string
# functions watched, returns and indirect calls guarded where the processor can. tests/package looks at the result.
# Debug and sanitized trees stay as they are: _FORTIFY_SOURCE needs optimisation and blinds the address sanitizer.
if(CMAKE_BUILD_TYPE MATCHES "^(Release|RelWithDebInfo|MinSizeRel)$" AND NOT EDGE_ROLLUP_SANITIZE)
  # Every library of the tree ends in a program: PIE, without the price of code that could be in a shared library.
  add_compile_options(-fPIE)
  add_link_options(-pie)
  # Undefined first: some compilers come with a level of their own and warn when it is defined again.
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS
    -fstack-protector-strong -fstack-clash-protection)
  if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    add_compile_options(-fcf-protection=full)
  elseif(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
    add_compile_options(-mbranch-protection=standard)
  endif()
  add_link_options(LINKER:-z,relro LINKER:-z,now LINKER:-z,noexecstack LINKER:--as-needed)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    add_compile_options(-Wno-restrict)  # with these, it sees overlaps in joins of strings that cannot be (bug 105651)
  endif()
  # The paths of the build machine do not belong into the programs.
  add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
endif()
