# Runs at install time, when the prefix is known: the unit starts the program that is installed with it.
file(READ "${unit_source}" unit)
string(REPLACE "/usr/" "${CMAKE_INSTALL_PREFIX}/" unit "${unit}")
set(unit_file "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/lib/systemd/system/edge-rollup.service")
message(STATUS "Installing: ${unit_file}")
file(WRITE "${unit_file}" "${unit}")
