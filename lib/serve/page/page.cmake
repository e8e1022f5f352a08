# What is served as it is, the files of the page and the description of the API, becomes part of the program, each file
# compressed once, when it is built. Sets `page_source`.
# uPlot, which draws the charts, comes from npm as package-lock.json has it. Where it cannot be had, the page draws its
# charts as plain lines.
set(page_here ${CMAKE_CURRENT_LIST_DIR})
set(page_made ${CMAKE_CURRENT_BINARY_DIR}/serve/page)
find_program(gzip_program gzip REQUIRED)
find_program(npm_program npm)

set(page_files ${PROJECT_SOURCE_DIR}/docs/openapi.json)
foreach(name
    index.html page.css icon-ok.svg icon-warning.svg icon-critical.svg icon-lost.svg
    attention.js chart_kinds.js charts.js coalesce.js daemon.js element.js event_list.js glyphs.js
    grid_layout.js happenings.js judgement.js live_link.js main.js node_grid.js node_states.js node_table.js
    node_view.js plain_chart.js poll_strip.js rollup_view.js sign.js tables.js verdict.js views.js words.js)
  list(APPEND page_files ${page_here}/${name})
endforeach()

set(uplot_files ${page_made}/uplot.js ${page_made}/uplot.css)
set(uplot_made_from
  ${page_here}/uplot.cmake ${page_here}/package.json ${page_here}/package-lock.json ${page_here}/no_uplot.js)
add_custom_command(OUTPUT ${uplot_files}
  COMMAND ${CMAKE_COMMAND} -Dnpm=${npm_program} -Dfrom=${page_here} -Dto=${page_made} -P ${page_here}/uplot.cmake
  DEPENDS ${uplot_made_from} VERBATIM)

set(page_source ${page_made}/page_assets.cpp)
add_custom_command(OUTPUT ${page_source}
  COMMAND ${CMAKE_COMMAND} -Dgzip=${gzip_program} "-Dfiles=${page_files};${uplot_files}" -Dto=${page_source}
          -P ${page_here}/embed.cmake
  DEPENDS ${page_here}/embed.cmake ${page_files} ${uplot_files} VERBATIM)
