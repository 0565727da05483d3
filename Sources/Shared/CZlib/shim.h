#pragma once
#include <zlib.h>

// `deflateInit2` and `inflateInit2` are macros, which Swift does not see: they pass the version and the size.
// `window` is 15 for the zlib format and 31 for that of gzip (zlib.h).
static inline int zlib_deflate_init(z_stream *stream, int level, int window) {
    return deflateInit2(stream, level, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
}
static inline int zlib_inflate_init(z_stream *stream, int window) { return inflateInit2(stream, window); }
