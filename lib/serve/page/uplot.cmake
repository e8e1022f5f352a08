# Makes uplot.js, a module, and uplot.css in `to`: by npm with the lock file in `from`, or, where that fails, in a form
# that says there is none.
set(folder ${to}/npm)
file(MAKE_DIRECTORY ${folder})
file(COPY ${from}/package.json ${from}/package-lock.json DESTINATION ${folder})
set(why "there is no npm")
if(npm)
  execute_process(
    COMMAND ${npm} ci --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=1 --fetch-timeout=20000
    WORKING_DIRECTORY ${folder} RESULT_VARIABLE why OUTPUT_VARIABLE said ERROR_VARIABLE said TIMEOUT 120)
endif()
if(why STREQUAL "0")
  set(distributed ${folder}/node_modules/uplot/dist)
  file(READ ${distributed}/uPlot.iife.min.js script)
  file(WRITE ${to}/uplot.js "${script}\nexport default uPlot;\n")
  file(COPY_FILE ${distributed}/uPlot.min.css ${to}/uplot.css)
else()
  message(NOTICE "The page is built without uPlot and draws plain lines: npm: ${why}\n${said}")
  file(COPY_FILE ${from}/no_uplot.js ${to}/uplot.js)
  file(WRITE ${to}/uplot.css "/* There is no uPlot to style. */\n")
endif()
