#include "store/xml.h"

#include <expat.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"

struct reading {
	XML_Parser parser;
	store_xml_element *element;
	void *state;
	struct error *error;
	struct str path;
	struct str text;              /* of the open elements, one after the other */
	size_t begins[STORE_XML_DEPTH];  /* where in `text` that of each begins */
	int depth;
};

static void stop(struct reading *reading, struct error *error)
{
	if (!error)
		return;
	if (reading->error)
		error_ignore(error);
	else
		reading->error = error;
	XML_StopParser(reading->parser, XML_FALSE);
}

static void cut(struct str *str, size_t size)
{
	str->size = size;
	if (str->data)
		str->data[size] = '\0';
}

static void tell_attribute(struct reading *reading, const char *name, const char *value)
{
	size_t size = reading->path.size;
	str_add_format(&reading->path, "/@%s", name);
	stop(reading, reading->element(reading->state, reading->path.data, value));
	cut(&reading->path, size);
}

static void on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *reading = user;
	if (reading->depth == STORE_XML_DEPTH) {
		stop(reading, error_new(ERR_INPUT, "more than %d elements inside each other", STORE_XML_DEPTH));
		return;
	}
	reading->begins[reading->depth++] = reading->text.size;
	str_add_char(&reading->path, '/');
	str_add(&reading->path, name);
	for (; *attributes && !reading->error; attributes += 2)
		tell_attribute(reading, attributes[0], attributes[1]);
}

static void on_end(void *user, const XML_Char *name)
{
	struct reading *reading = user;
	if (reading->error) /* expat calls it once more after it was stopped */
		return;
	size_t begin = reading->begins[--reading->depth];
	stop(reading, reading->element(reading->state, reading->path.data, str_text(&reading->text) + begin));
	cut(&reading->text, begin);
	cut(&reading->path, reading->path.size - strlen(name) - 1);
}

static void on_text(void *user, const XML_Char *text, int size)
{
	struct reading *reading = user;
	str_add_n(&reading->text, text, (size_t)size);
}

static void on_doctype(void *user, const XML_Char *name, const XML_Char *system, const XML_Char *public, int inner)
{
	(void)name, (void)system, (void)public, (void)inner;
	stop(user, error_new(ERR_INPUT, "a document type, which has no place in it"));
}

static fallible read_all(struct reading *reading, const char *bytes, size_t size)
{
	if (size > INT_MAX)
		return error_new(ERR_INPUT, "the XML is too long");
	XML_SetUserData(reading->parser, reading);
	XML_SetElementHandler(reading->parser, on_start, on_end);
	XML_SetCharacterDataHandler(reading->parser, on_text);
	XML_SetStartDoctypeDeclHandler(reading->parser, on_doctype);
	enum XML_Status status = XML_Parse(reading->parser, bytes, (int)size, XML_TRUE);
	if (reading->error)
		return reading->error;
	if (status == XML_STATUS_OK)
		return NULL;
	return error_new(ERR_INPUT, "no XML: %s", XML_ErrorString(XML_GetErrorCode(reading->parser)));
}

fallible store_xml_read(const char *bytes, size_t size, store_xml_element *element, void *state)
{
	struct reading reading = {.parser = XML_ParserCreate(NULL), .element = element, .state = state};
	if (!reading.parser)
		return error_new(ERR_FAILED, "no memory for an XML parser");
	struct error *error = read_all(&reading, bytes, size);
	XML_ParserFree(reading.parser);
	str_cleanup(&reading.path);
	str_cleanup(&reading.text);
	return error;
}
