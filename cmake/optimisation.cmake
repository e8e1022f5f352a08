# Where there are few nodes, most of the daemon's memory is pages of programs, and what has no part in a poll has no
# reason to be fast: release builds are small. What the linker finds unused is left out.
set(CMAKE_CXX_FLAGS_RELEASE "-Os -DNDEBUG")
add_compile_options($<$<CONFIG:Release>:-ffunction-sections> $<$<CONFIG:Release>:-fdata-sections>)
add_link_options($<$<CONFIG:Release>:LINKER:--gc-sections>)

# These sources of the target run for each poll and are built for speed.
function(build_for_speed target)
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "^(wire|aggregate|poll|net|runtime)/.*[.]cpp$")
  set_property(SOURCE ${sources} APPEND PROPERTY COMPILE_OPTIONS $<$<CONFIG:Release>:-O2>)
endfunction()
