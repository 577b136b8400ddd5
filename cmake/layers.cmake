# add_layer(common/base SOURCES a.cpp ... DEPENDS common/other ... LIBS OpenSSL::Crypto ...)
#
# One folder = one static library `common_base`, known as `common/base` to other layers. DEPENDS are
# the only folders whose headers its files may include; tests/layers checks that.
# With MILLRACE_UNITY the files of a layer marked UNITY are compiled a dozen together: several times
# cheaper from scratch (CI, sanitizers) and dearer after a change of one file. Two files of a layer
# may not both have a `text()` of their own then.
#
# add_layer_test(common/base SOURCES x_test.cpp ... [LIBS ...] [LABEL unit]) builds one doctest
# program from tests/common/base/.
define_property(GLOBAL PROPERTY MILLRACE_EDGES BRIEF_DOCS "layer edges" FULL_DOCS "one 'layer: deps' line each")
set_property(GLOBAL PROPERTY MILLRACE_EDGES "")

function(layer_target path out)
  string(REPLACE "/" "_" name "${path}")
  set(${out} ${name} PARENT_SCOPE)
endfunction()

function(add_layer path)
  cmake_parse_arguments(ARG "UNITY" "" "SOURCES;DEPENDS;LIBS" ${ARGN})
  layer_target(${path} target)
  set(kind STATIC)
  set(scope PUBLIC)
  if(NOT ARG_SOURCES)
    set(kind INTERFACE)
    set(scope INTERFACE)
  endif()
  list(TRANSFORM ARG_SOURCES PREPEND ${CMAKE_SOURCE_DIR}/${path}/)
  add_library(${target} ${kind} ${ARG_SOURCES})
  target_include_directories(${target} ${scope} ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
  foreach(dep ${ARG_DEPENDS})
    layer_target(${dep} dep_target)
    target_link_libraries(${target} ${scope} ${dep_target})
  endforeach()
  target_link_libraries(${target} ${scope} ${ARG_LIBS})
  if(kind STREQUAL STATIC)
    target_link_libraries(${target} PRIVATE millrace_options)
    if(MILLRACE_UNITY AND ARG_UNITY)
      set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 16)
      # GCC takes a file that is included for a header and warns of its anonymous namespaces.
      target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
    endif()
  endif()
  string(REPLACE ";" " " deps "${ARG_DEPENDS}")
  set_property(GLOBAL APPEND_STRING PROPERTY MILLRACE_EDGES "${path}: ${deps}\n")
endfunction()

function(add_layer_test path)
  if(NOT MILLRACE_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "LABEL" "SOURCES;LIBS" ${ARGN})
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  layer_target(${path} target)
  list(TRANSFORM ARG_SOURCES PREPEND ${CMAKE_SOURCE_DIR}/tests/${path}/)
  add_executable(${target}_test ${CMAKE_SOURCE_DIR}/tests/support/doctest_main.cpp ${ARG_SOURCES})
  target_include_directories(${target}_test PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${target}_test PRIVATE ${target} doctest::doctest millrace_options ${ARG_LIBS})
  # One ctest entry a program: the closing line of ctest stays readable and start-up is paid once.
  add_test(NAME ${path} COMMAND ${target}_test --no-version=true)
  set_tests_properties(${path} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT 300
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/tests)
endfunction()

function(write_layer_edges)
  get_property(edges GLOBAL PROPERTY MILLRACE_EDGES)
  file(WRITE ${CMAKE_BINARY_DIR}/layers.txt "${edges}")
endfunction()
