# Writes `to`, a C++ file with the table of `files`: the name of each, its type, a tag of its content, and its bytes as
# `gzip` packs them.
set(type_html "text/html; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_json "application/json")
set(type_svg "image/svg+xml")
set(tag_length 16)

set(entries)
foreach(file ${files})
  get_filename_component(name ${file} NAME)
  string(REGEX MATCH "[a-z]+$" suffix ${name})
  file(SHA256 ${file} tag)
  string(SUBSTRING ${tag} 0 ${tag_length} tag)
  execute_process(COMMAND ${gzip} -9nc ${file} OUTPUT_FILE ${to}.gz COMMAND_ERROR_IS_FATAL ANY)
  file(READ ${to}.gz bytes HEX)
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${bytes}")
  string(REPLACE "index.html" "" name ${name})
  string(APPEND entries "    asset{\"${name}\", \"${type_${suffix}}\", \"${tag}\", \"${bytes}\"sv},\n")
endforeach()
file(REMOVE ${to}.gz)

file(WRITE ${to} "#include \"serve/assets.hpp\"

#include <array>

namespace edge_rollup::serve {
namespace {

using namespace std::string_view_literals;

constexpr std::array files{
${entries}};

}  // namespace

std::span<const asset> page_assets() noexcept {
  return files;
}

}  // namespace edge_rollup::serve
")
