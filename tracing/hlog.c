// SPDX-License-Identifier: GPL-2.0-or-later
#include "hlog.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* HdrHistogram's V2 encodings; 0x10 says "LEB128 words". */
#define COOKIE_V2	     (0x1c849303u | 0x10)
#define COOKIE_V2_COMPRESSED (0x1c849304u | 0x10)
#define V2_HEADER_BYTES	     40
#define LEB128_BYTES_MAX     9

static uint8_t *put_be32(uint8_t *p, uint32_t v)
{
	for (int i = 3; i >= 0; i--)
		*p++ = (uint8_t)(v >> 8 * i);
	return p;
}

static uint8_t *put_be64(uint8_t *p, uint64_t v)
{
	return put_be32(put_be32(p, (uint32_t)(v >> 32)), (uint32_t)v);
}

/* Zig-zag, 7 bits a byte; the 9th byte carries 8. */
static uint8_t *put_leb128(uint8_t *p, int64_t value)
{
	uint64_t v = (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
	int n;

	for (n = 0; n < LEB128_BYTES_MAX - 1 && v >> 7; n++) {
		*p++ = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	*p++ = (uint8_t)v;
	return p;
}

static size_t used_buckets(const struct hist *h)
{
	return h->n ? hist_index(h, h->max) + 1 : 0;
}

/* The counts; a run of zeroes becomes one negative number. */
static uint8_t *put_counts(uint8_t *p, const struct hist *h)
{
	size_t n = used_buckets(h), i = 0;

	while (i < n) {
		size_t zeroes = 0;

		while (i < n && !h->count[i]) {
			zeroes++;
			i++;
		}
		if (zeroes)
			p = put_leb128(p, zeroes == 1 ? 0 : -(int64_t)zeroes);
		else
			p = put_leb128(p, (int64_t)h->count[i++]);
	}
	return p;
}

static uint8_t *encode_v2(const struct hist *h, size_t *bytes)
{
	uint8_t *data = malloc(V2_HEADER_BYTES + used_buckets(h) * LEB128_BYTES_MAX);
	const double ratio = 1.0;
	uint64_t ratio_bits;
	uint8_t *p, *end;

	if (!data)
		return NULL;
	memcpy(&ratio_bits, &ratio, sizeof(ratio_bits));
	end = put_counts(data + V2_HEADER_BYTES, h);
	p = put_be32(data, COOKIE_V2);
	p = put_be32(p, (uint32_t)(end - data - V2_HEADER_BYTES));
	p = put_be32(p, 0);
	p = put_be32(p, h->digits);
	p = put_be64(p, 1);
	p = put_be64(p, h->n && h->max > 2 ? h->max : 2);
	put_be64(p, ratio_bits);
	*bytes = (size_t)(end - data);
	return data;
}

static char *base64(const uint8_t *data, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	char *text = malloc((n + 2) / 3 * 4 + 1), *p = text;

	for (size_t i = 0; text && i < n; i += 3) {
		uint32_t v = (uint32_t)data[i] << 16;

		v |= i + 1 < n ? (uint32_t)data[i + 1] << 8 : 0;
		v |= i + 2 < n ? data[i + 2] : 0;
		*p++ = digits[v >> 18];
		*p++ = digits[v >> 12 & 63];
		*p++ = i + 1 < n ? digits[v >> 6 & 63] : '=';
		*p++ = i + 2 < n ? digits[v & 63] : '=';
	}
	if (text)
		*p = '\0';
	return text;
}

/*
 * A histogram as HdrHistogram's compressed V2, in base64: text to be freed,
 * "HISTF...", or NULL when memory runs out.
 */
static char *encode(const struct hist *h)
{
	size_t bytes;
	uint8_t *plain = encode_v2(h, &bytes), *packed = NULL;
	uLongf n;
	char *text = NULL;

	if (!plain)
		return NULL;
	n = compressBound(bytes);
	packed = malloc(8 + n);
	if (packed && compress(packed + 8, &n, plain, bytes) == Z_OK) {
		put_be32(put_be32(packed, COOKIE_V2_COMPRESSED), (uint32_t)n);
		text = base64(packed, 8 + n);
	}
	free(packed);
	free(plain);
	return text;
}

/**
 * hlog_header - write the head of a log
 * @out: where to
 * @start_s: seconds since the epoch
 * @comment: text without line feeds
 *
 * Returns 0, or -1 when writing to @out failed.
 */
int hlog_header(FILE *out, double start_s, const char *comment)
{
	fprintf(out,
		"#[%s]\n#[Histogram log format version 1.3]\n"
		"#[StartTime: %.3f (seconds since epoch)]\n"
		"\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
		"\"Interval_Compressed_Histogram\"\n",
		comment, start_s);
	return ferror(out) ? -1 : 0;
}

/**
 * hlog_row - write one histogram
 * @out: where to, after hlog_header()
 * @tag: "irq36.cpu1.total", without commas and spaces
 * @start_s: start of the interval, in seconds since the start of the log
 * @length_s: length of the interval
 * @h: times in ns; Interval_Max is in ms, as in logs of other programs
 *
 * Returns 0, or -1 with errno set.
 */
int hlog_row(FILE *out, const char *tag, double start_s, double length_s, const struct hist *h)
{
	char *text = encode(h);

	if (!text) {
		errno = ENOMEM;
		return -1;
	}
	fprintf(out, "Tag=%s,%.3f,%.3f,%.3f,%s\n", tag, start_s, length_s,
		(double)(h->n ? h->max : 0) / 1e6, text);
	free(text);
	return ferror(out) ? -1 : 0;
}

static double deviation(const struct hist *h, double mean)
{
	struct hist_bucket b;
	size_t position = 0;
	double sum = 0;

	while (hist_next(h, &position, &b)) {
		double d = ((double)b.low + (double)b.high) / 2 - mean;

		sum += d * d * (double)b.count;
	}
	return h->n ? sqrt(sum / (double)h->n) : 0;
}

/**
 * hlog_hgrm - write percentiles as text
 * @out: where to
 * @h: times in ns
 * @units_ns: ns in one unit of the file: 1000 for us
 *
 * Returns 0, or -1 when writing to @out failed.
 */
int hlog_hgrm(FILE *out, const struct hist *h, double units_ns)
{
	double mean = hist_mean(h);
	struct hist_bucket b;
	size_t position = 0;
	uint64_t below = 0;

	fprintf(out, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount",
		"1/(1-Percentile)");
	while (hist_next(h, &position, &b)) {
		uint64_t high = b.high < h->max ? b.high : h->max;

		below += b.count;
		fprintf(out, "%12.3f %2.12f %10" PRIu64, (double)high / units_ns,
			(double)below / (double)h->n, below);
		if (below < h->n)
			fprintf(out, " %14.2f", (double)h->n / (double)(h->n - below));
		fputc('\n', out);
	}
	fprintf(out,
		"#[Mean    = %12.3f, StdDeviation   = %12.3f]\n"
		"#[Max     = %12.3f, Total count    = %12" PRIu64 "]\n"
		"#[Buckets = %12zu, SubBuckets     = %12u]\n",
		(h->n ? mean : 0) / units_ns, deviation(h, mean) / units_ns,
		(double)(h->n ? h->max : 0) / units_ns, h->n,
		(used_buckets(h) >> (h->sub_bits - 1)) + 1, 1u << h->sub_bits);
	return ferror(out) ? -1 : 0;
}
