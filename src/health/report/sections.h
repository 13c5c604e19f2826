/* The sections of the page, each a file of its own. Each appends a <section> with a heading, or nothing where there is
 * nothing to tell. All reads only. */
#ifndef HEALTH_REPORT_SECTIONS_H
#define HEALTH_REPORT_SECTIONS_H

#include "health/report/report.h"
#include "health/report/spots.h"

/* The installation as a drawing, and below one another in words. */
void section_add_picture(struct str *out, const struct scene *scene, const struct spots *spots);
void picture_add(struct str *out, const struct scene *scene, const struct spots *spots); /* the drawing alone */

/* What counts, the worst first; then what is suppressed or known. */
void section_add_findings(struct str *out, const struct results *results);
void section_add_set_aside(struct str *out, const struct results *results);

/* Replica by property. At most MATRIX_MOST rows, the worst first. */
#define MATRIX_MOST 200
void section_add_matrix(struct str *out, const struct scene *scene, const struct spots *spots);

void section_add_growth(struct str *out, const struct growth_sight *growth);

/* Every check, by family. */
void section_add_checks(struct str *out, const struct results *results);

/* Of `owctl health ready`. */
void section_add_requirements(struct str *out, const struct readinesses *all);
void section_add_capacity(struct str *out, const struct capacity *capacity);

#endif
