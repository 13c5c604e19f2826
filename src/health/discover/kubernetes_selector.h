/* Label selectors: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
#ifndef HEALTH_DISCOVER_KUBERNETES_SELECTOR_H
#define HEALTH_DISCOVER_KUBERNETES_SELECTOR_H

#include <jansson.h>
#include <stdbool.h>

/* Whether {matchLabels, matchExpressions} takes what has these labels. An empty one takes all; none at all (NULL, null
 * of JSON) takes nothing. */
bool selector_takes(const json_t *selector, const json_t *labels);

#endif
