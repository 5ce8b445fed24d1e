using Norris.Load.Nodes;
using Norris.Load.Report;

namespace Norris.Tests.Load;

public sealed class ReportTests
{
    [Theory]
    [InlineData(new double[] { 5 }, 5, 5, 5)]
    [InlineData(new double[] { 9, 1, 4 }, 4, 1, 9)]
    [InlineData(new double[] { 9, 1, 4, 5 }, 4.5, 1, 9)]
    public void A_spread_is_the_median_and_the_extremes(double[] values, double median, double min, double max) =>
        Assert.Equal(new Spread(median, min, max), Spread.Of(values));

    [Fact]
    public void There_is_no_spread_of_nothing() => Assert.Throws<ArgumentException>(() => Spread.Of([]));

    [Fact]
    public void A_table_has_a_row_for_each_measure()
    {
        var table = new MarkdownTable();
        table.Add("messages/s", [1000, 3000, 2000.4], 0);
        table.Add("MiB", [1.26], 1);
        Assert.Equal(
            "| measure | median | min | max |\n|---|---:|---:|---:|\n| messages/s | 2,000 | 1,000 | 3,000 |\n| MiB | 1.3 | 1.3 | 1.3 |\n", table.ToString());
    }

    [Fact]
    public void Memory_is_read_from_what_the_kernel_says()
    {
        ProcessMemory memory = ProcessMemory.Read("Name:\tnorris\nVmPeak:\t 9999 kB\nVmHWM:\t    2048 kB\nVmRSS:\t    1536 kB\nThreads:\t7\n");
        Assert.Equal(new ProcessMemory(1.5, 2), memory);
        Assert.Throws<FormatException>(() => ProcessMemory.Read("Name:\tnorris\n"));
    }

    [Fact]
    public void Metrics_are_read_by_name()
    {
        Dictionary<string, double> metrics = NodeStatus.ReadMetrics(
            "# HELP norris_host 1\n# TYPE norris_host gauge\nnorris_host 1\nnorris_members{kind=\"node\"} 5\nnorris_round_trip_seconds 0.25\nprocess_x 3\n");
        Assert.Equal(new Dictionary<string, double> { ["host"] = 1, ["round_trip_seconds"] = 0.25 }, metrics);
    }
}
