using System.Xml.Linq;
using Norris.Load.Report;
using Norris.Load.Scenarios;

namespace Norris.Tests.Load;

public sealed class RunReportTests
{
    private const string Evil = "<script>alert(\"1\")</script> & 'x' | y";

    [Fact]
    public void Nothing_that_is_written_becomes_markup_in_the_page()
    {
        string html = HtmlReport.Write(Report(Evil));
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        // What is left is well-formed, and all of it is text again when it is read.
        XDocument page = XDocument.Parse(html
            .Replace("<!DOCTYPE html>", "", StringComparison.Ordinal)
            .Replace("<meta charset=\"utf-8\">", "", StringComparison.Ordinal)
            .Replace("<meta name=\"viewport\" content=\"width=device-width\">", "", StringComparison.Ordinal));
        Assert.Equal(Evil, page.Descendants("h1").Single().Value);
        Assert.Contains(Evil, page.Descendants("td").Select(static cell => cell.Value));
        Assert.Contains(Evil, page.Descendants("th").Select(static cell => cell.Value));
        Assert.Contains(Evil, page.Descendants("dd").Select(static cell => cell.Value));
        Assert.Contains(Evil, page.Descendants("text").Select(static cell => cell.Value));
        Assert.Equal(Evil, page.Descendants("svg").Single().Attribute("aria-label")!.Value);
        Assert.Equal($"VIOLATION: {Evil}", page.Descendants("p").Single().Value);
    }

    [Fact]
    public void The_page_needs_nothing_from_anywhere()
    {
        string html = HtmlReport.Write(Report("steady"));
        Assert.DoesNotContain("http", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", html, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_cell_of_Markdown_stays_a_cell()
    {
        string text = TextReport.Write(Report("a|b\nc"));
        Assert.Contains("| a\\|b c | ", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("1,234.5", "1234.5")]
    public void A_cell_of_a_CSV_file_is_read_as_it_was(string cell, string written) =>
        Assert.Equal($"what,n\n{written},7\n", CsvReport.Write(new ReportTable("t", ["what", "n"], [[cell, "7"]])));

    [Fact]
    public void Points_are_a_row_each() => Assert.Equal(
        "plot,series,at,at-unit,value,unit\nMemory,n0,1,s,12.5,MiB\nMemory,n0,2,s,1234567,MiB\n",
        CsvReport.Write([new ReportPlot("Memory", "MiB", [new PlotSeries("n0", [(1, 12.5), (2, 1_234_567)])])]));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 1)]
    [InlineData(5.1, 2)]
    [InlineData(99, 20)]
    [InlineData(101, 50)]
    [InlineData(0.03, 0.01)]
    [InlineData(51_000, 20_000)]
    public void A_scale_has_round_steps(double most, double step) => Assert.Equal(step, SvgPlot.StepFor(most), 1e-9);

    [Fact]
    public void A_plot_without_points_or_with_none_that_are_numbers_is_a_plot()
    {
        Assert.Contains("points=\"\"", SvgPlot.Write(new ReportPlot("empty", "ms", [new PlotSeries("x", [(1, double.NaN)])])), StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", SvgPlot.Write(new ReportPlot("none", "ms", [])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_files_name_has_letters_digits_and_hyphens_only() => Assert.Equal("steps-of-n-1.csv", ReportFolder.FileNameOf("Steps, of ../N<1>"));

    [Fact]
    public void A_count_is_plotted_by_its_growth()
    {
        double[] values = [10, 30, double.NaN, 40];
        int read = 0;
        var record = new GaugeRecord(() => [new Gauge("Deliveries", "n0", "1/s", () => values[read], IsRate: true), new Gauge("Memory", "n0", "MiB", () => values[read])]);
        for (; read < 2; read++)
        {
            record.Read(read * 2);
        }
        record.Read(4);
        IReadOnlyList<ReportPlot> plots = record.Plots();
        Assert.Equal(["Deliveries", "Memory"], plots.Select(static plot => plot.Title));
        Assert.Equal([(2, 10)], plots[0].Series.Single().Points);
        Assert.Equal([(0, 10), (2, 30)], plots[1].Series.Single().Points);
    }

    [Fact]
    public void Progress_is_for_whoever_watches()
    {
        var scenario = new Scenario("talk", static _ => Task.FromResult(Response.Ok()), []);
        var sample = new Sample(3, 1000, 2, 7, new LatencyStats(0.5, 1, 2.25, 3, 4, 1));
        var screen = new StringWriter();
        new LiveProgress(screen).Show(scenario, sample);
        Assert.Equal($"    3 s  talk: 1,000/s, 2 failed, 7 under way, p50 0.50 ms, p99 2.25 ms{Environment.NewLine}", screen.ToString());
        new LiveProgress(null).Show(scenario, sample);
    }

    private static RunReport Report(string text) => new(
        text, [(text, text)], [new ReportTable(text, [text, "n"], [[text, "1"]])], [new ReportPlot(text, text, [new PlotSeries(text, [(1, 2), (2, 3)])])], text);
}
