#pragma once
#include <curl/curl.h>

// curl_easy_setopt and curl_easy_getinfo are variadic, which Swift cannot call: one typed shim per kind of argument.

typedef size_t (*sortie_curl_data_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode sortie_curl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode sortie_curl_set_string(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode sortie_curl_set_pointer(CURL *handle, CURLoption option, const void *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode sortie_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode sortie_curl_set_data_callback(CURL *handle, CURLoption option,
                                                     sortie_curl_data_callback callback) {
  return curl_easy_setopt(handle, option, callback);
}

static inline CURLcode sortie_curl_get_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}

typedef int (*sortie_curl_seek_callback)(void *context, curl_off_t offset, int origin);

static inline CURLcode sortie_curl_set_seek_callback(CURL *handle, sortie_curl_seek_callback callback) {
  return curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, callback);
}
