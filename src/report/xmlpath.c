// SPDX-License-Identifier: Apache-2.0
// What stands in between, and machines behind an address, in XML: results of scripts, as the
// verdict. One line of the output is one finding; the tables, in the same order, tell its kind and
// ports.
#include "model/host.h"
#include "report/certainty.h"
#include "report/script.h"
#include "report/writer.h"
#include "report/xml.h"
#include "report/xmltext.h"

static void findings_write(struct writer *w, const struct host *host)
{
    writer_str(w, "<script id=\"whorl-path\" output=\"");
    for (uint32_t i = 0; i < host->n_findings; i++) {
        if (i > 0)
            xml_text(w, SPAN("\n"));
        xml_text(w, host->findings[i].text);
    }
    writer_line(w, "\">");
    for (uint32_t i = 0; i < host->n_findings; i++) {
        writer_str(w, "<table>");
        xml_elem(w, "kind", span_str(finding_name(host->findings[i].kind)));
        xml_elem(w, "ports", host->findings[i].ports);
        writer_line(w, "</table>");
    }
    writer_str(w, "</script>");
}

void xml_scripts_write(struct writer *w, const struct host *host)
{
    const bool has_verdict = host->os && host->os->verdict;
    const bool has_losses = certainty_is_worth_telling(host);
    if (!has_verdict && !has_losses && host->n_findings == 0 && scripts_of_host(host) == 0)
        return;
    writer_str(w, "<hostscript>");
    if (host->n_findings > 0)
        findings_write(w, host);
    if (has_losses)
        certainty_xml(w, host);
    scripts_xml_write(w, host, NULL);
    if (has_verdict)
        xml_verdict_write(w, host->os->verdict);
    writer_line(w, "</hostscript>");
}

void xml_path_note(struct writer *w, struct span text)
{
    writer_str(w, "<postscript><script id=\"whorl-path\"");
    xml_put(w, "output", text);
    writer_line(w, "/></postscript>");
}
