# Everything comes from Debian packages; docs/decisions says why each was chosen.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(RapidJSON REQUIRED)
find_package(date REQUIRED)
if(MILLRACE_TESTS)
  find_package(doctest REQUIRED)
  find_package(rapidcheck REQUIRED)
endif()

if(NOT TARGET RapidJSON)
  add_library(RapidJSON INTERFACE)
  target_include_directories(RapidJSON SYSTEM INTERFACE ${RAPIDJSON_INCLUDE_DIRS} ${RapidJSON_INCLUDE_DIRS})
endif()

# PCRE2 comes with pkg-config only.
if(NOT TARGET PCRE2::8)
  find_path(PCRE2_INCLUDE_DIR pcre2.h REQUIRED)
  find_library(PCRE2_LIBRARY pcre2-8 REQUIRED)
  add_library(PCRE2::8 UNKNOWN IMPORTED)
  set_target_properties(PCRE2::8 PROPERTIES
    IMPORTED_LOCATION ${PCRE2_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${PCRE2_INCLUDE_DIR})
endif()

# So do libnghttp2 and libcbor.
if(NOT TARGET NGHTTP2::NGHTTP2)
  find_path(NGHTTP2_INCLUDE_DIR nghttp2/nghttp2.h REQUIRED)
  find_library(NGHTTP2_LIBRARY nghttp2 REQUIRED)
  add_library(NGHTTP2::NGHTTP2 UNKNOWN IMPORTED)
  set_target_properties(NGHTTP2::NGHTTP2 PROPERTIES
    IMPORTED_LOCATION ${NGHTTP2_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${NGHTTP2_INCLUDE_DIR})
endif()

if(NOT TARGET CBOR::CBOR)
  find_path(CBOR_INCLUDE_DIR cbor.h REQUIRED)
  find_library(CBOR_LIBRARY cbor REQUIRED)
  add_library(CBOR::CBOR UNKNOWN IMPORTED)
  set_target_properties(CBOR::CBOR PROPERTIES
    IMPORTED_LOCATION ${CBOR_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${CBOR_INCLUDE_DIR})
endif()

# prometheus-cpp's own package file wants curl for what is not used here.
if(NOT TARGET prometheus)
  find_path(PROMETHEUS_INCLUDE_DIR prometheus/exposer.h REQUIRED)
  find_library(PROMETHEUS_CORE_LIBRARY prometheus-cpp-core REQUIRED)
  find_library(PROMETHEUS_PULL_LIBRARY prometheus-cpp-pull REQUIRED)
  add_library(prometheus INTERFACE)
  target_include_directories(prometheus SYSTEM INTERFACE ${PROMETHEUS_INCLUDE_DIR})
  target_link_libraries(prometheus INTERFACE ${PROMETHEUS_PULL_LIBRARY} ${PROMETHEUS_CORE_LIBRARY})
endif()

# And zstd.
if(NOT TARGET ZSTD::ZSTD)
  find_path(ZSTD_INCLUDE_DIR zstd.h REQUIRED)
  find_library(ZSTD_LIBRARY zstd REQUIRED)
  add_library(ZSTD::ZSTD UNKNOWN IMPORTED)
  set_target_properties(ZSTD::ZSTD PROPERTIES
    IMPORTED_LOCATION ${ZSTD_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${ZSTD_INCLUDE_DIR})
endif()
