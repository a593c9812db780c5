/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of reports/, inside the program: a report needs no installed file. */
#ifndef REPORTS_TEMPLATES_H
#define REPORTS_TEMPLATES_H

extern const char template_page[];
extern const char template_histogram[];
extern const char template_percentiles[];
extern const char template_tradeoff[];

#endif /* REPORTS_TEMPLATES_H */
