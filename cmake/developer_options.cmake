# Warnings and sanitizers in one INTERFACE target; every layer links it PRIVATE.
add_library(millrace_options INTERFACE)
target_compile_options(millrace_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
  $<$<BOOL:${MILLRACE_WERROR}>:-Werror>)
# Debug builds of sanitizers want line tables, not speed; -O1 keeps them usable.
target_compile_options(millrace_options INTERFACE $<$<CONFIG:Debug>:-O1 -g1>)
# GCC 12 reports false positives of these from inside the standard library and Boost at -O2.
target_compile_options(millrace_options INTERFACE
  -Wno-maybe-uninitialized -Wno-restrict -Wno-dangling-pointer -Wno-array-bounds -Wno-stringop-overflow
  -Wno-missing-field-initializers)

# Clang does not know all of those names.
target_compile_options(millrace_options INTERFACE
  $<$<CXX_COMPILER_ID:Clang>:-Wno-unknown-warning-option>)

# The fuzz targets need libFuzzer, which comes with Clang: every layer is built with its counters.
if(MILLRACE_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "MILLRACE_FUZZ needs Clang: use the preset 'fuzz'")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

if(MILLRACE_SANITIZE)
  string(REPLACE "," ";" _sanitizers "${MILLRACE_SANITIZE}")
  if("thread" IN_LIST _sanitizers AND "address" IN_LIST _sanitizers)
    message(FATAL_ERROR "MILLRACE_SANITIZE: thread and address cannot be combined")
  endif()
  add_compile_options(-fsanitize=${MILLRACE_SANITIZE} -fno-omit-frame-pointer)
  if("thread" IN_LIST _sanitizers)
    # Asio's fences, which the sanitizer does not model; its locks are seen all the same.
    target_compile_options(millrace_options INTERFACE -Wno-tsan)
  endif()
  if("undefined" IN_LIST _sanitizers)
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
  add_link_options(-fsanitize=${MILLRACE_SANITIZE})
  # Fifty large programs are linked.
  find_program(MOLD mold)
  if(MOLD)
    add_link_options(-fuse-ld=mold)
  endif()
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Relative paths in the cache key: a second checkout of the same sources hits the cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()
