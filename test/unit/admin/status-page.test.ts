// /statusz: no external resources, and every text escaped.
import { expect } from "chai";
import { freshnessPlot } from "../../../src/admin/freshness-plot.ts";
import { statusPage } from "../../../src/admin/status-page.ts";

const facts = {
  title: "podkey 1.2.3",
  summary: [["State", 'waits for <b>"x"</b>']] as const,
  freshness: [
    { isStale: true, ageMs: undefined },
    { isStale: false, ageMs: 30_000 },
  ],
  samplesPerHour: 120,
  renderedAt: "2026-06-01 12:00:00",
  tables: [
    { caption: "Scopes", columns: ["Scope"], rows: [["a & b"]], empty: "None." },
    { caption: "Problems", columns: ["Reason"], rows: [], empty: "None here." },
  ],
};

describe("statusz: page", () => {
  it("escapes every text", () => {
    const page = statusPage(facts);
    expect(page)
      .to.contain("waits for &lt;b&gt;&quot;x&quot;&lt;/b&gt;")
      .and.to.contain('<td data-column="Scope">a &amp; b</td>');
    expect(page).to.not.contain("<b>");
  });

  it("has no script and no external resources", () => {
    expect(statusPage(facts)).to.not.match(/<script|https?:|src=|<link|@import/);
  });

  it("refreshes itself, and has the time of its facts", () => {
    expect(statusPage(facts))
      .to.contain('<meta http-equiv="refresh" content="10">')
      .and.to.contain("2026-06-01 12:00:00 UTC");
  });

  it("shows states as text and colour", () => {
    const table = {
      caption: "Scopes",
      columns: ["State"],
      rows: [["STALE"], ["FRESH"], ["STALENESS"]],
      empty: "",
    };
    const page = statusPage({ ...facts, tables: [table] });
    expect(page)
      .to.contain('<td data-column="State" class="stale">STALE</td>')
      .and.to.contain('<td data-column="State" class="fresh">FRESH</td>')
      .and.to.contain('<td data-column="State">STALENESS</td>');
  });

  it("shows a sentence for an empty table", () => {
    expect(statusPage(facts)).to.contain("<p>None here.</p>");
  });
});

describe("statusz: plot", () => {
  it("has one bar per sample, and the number of stale samples as text", () => {
    const plot = freshnessPlot(facts.freshness, 4);
    expect(plot.match(/<rect/g)).to.have.length(2);
    expect(plot).to.contain("1 of 2 samples are stale");
    // The newest sample is at the right end of the axis.
    expect([...plot.matchAll(/ x="([\d.]+)"/g)].map(([, x]) => x)).to.deep.equal(["300.0", "450.0"]);
  });

  it("shows a sentence without samples", () => {
    expect(freshnessPlot([], 4)).to.match(/^<p>No samples yet/);
  });
});
