// The page for a person: whole without anything from outside, and safe whatever the names are.
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
  tables: [
    { caption: "Scopes", columns: ["Scope"], rows: [["a & b"]], empty: "None." },
    { caption: "Problems", columns: ["Reason"], rows: [], empty: "None here." },
  ],
};

describe("statusPage", () => {
  it("escapes every text", () => {
    const page = statusPage(facts);
    expect(page)
      .to.contain("waits for &lt;b&gt;&quot;x&quot;&lt;/b&gt;")
      .and.to.contain("<td>a &amp; b</td>");
    expect(page).to.not.contain("<b>");
  });

  it("needs no script and nothing from outside", () => {
    expect(statusPage(facts)).to.not.match(/<script|https?:|src=|<link|@import/);
  });

  it("marks states by colour beside their word", () => {
    const table = {
      caption: "Scopes",
      columns: ["State"],
      rows: [["STALE"], ["FRESH"], ["STALENESS"]],
      empty: "",
    };
    const page = statusPage({ ...facts, tables: [table] });
    expect(page)
      .to.contain('<td class="stale">STALE</td>')
      .and.to.contain('<td class="fresh">FRESH</td>')
      .and.to.contain("<td>STALENESS</td>");
  });

  it("says in words when a table is empty", () => {
    expect(statusPage(facts)).to.contain("<p>None here.</p>");
  });
});

describe("freshnessPlot", () => {
  it("draws a bar a sample and says in words how many are stale", () => {
    const plot = freshnessPlot(facts.freshness, 4);
    expect(plot.match(/<rect/g)).to.have.length(2);
    expect(plot).to.contain("1 of 2 samples are stale");
    // The newest stands at the right end of the hour, however few there are.
    expect([...plot.matchAll(/ x="([\d.]+)"/g)].map(([, x]) => x)).to.deep.equal(["300.0", "450.0"]);
  });

  it("says that there is no sample yet", () => {
    expect(freshnessPlot([], 4)).to.match(/^<p>No samples yet/);
  });
});
