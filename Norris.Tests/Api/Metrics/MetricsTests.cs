using System.Text.RegularExpressions;
using Norris.Api.Metrics;
using Norris.Node.Measures;
using Norris.Tests.Node;

namespace Norris.Tests.Api.Metrics;

/// <summary>What a node counts: that it is true, and that Prometheus, people and the board read it by the same names.</summary>
public sealed partial class MetricsTests
{
    [Fact]
    public async Task What_was_delivered_and_how_long_it_took_is_counted()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        (string id, _, string token) = await node.OpenGuestAsync("gwen");
        await node.SayAsync("one", "two");
        await node.HearMessagesAsync(2);
        using HttpResponseMessage closed = await node.SendAsync(HttpMethod.Delete, $"/v1/guests/{id}", token: token);
        await node.NextAsync("left");
        PrometheusText metrics = await PrometheusText.OfAsync(node);
        Assert.Equal(
            (2, 1, 1, 0),
            (metrics["norris_deliveries_total{type=\"message\"}"], metrics["norris_deliveries_total{type=\"joined\"}"],
                metrics["norris_deliveries_total{type=\"left\"}"], metrics["norris_deliveries_total{type=\"renamed\"}"]));
        Assert.Equal(
            (1, 0, 0),
            (metrics["norris_removals_total{reason=\"left\"}"], metrics["norris_removals_total{reason=\"lost\"}"], metrics["norris_removals_total{reason=\"slow\"}"]));
        Assert.Equal(2, metrics["norris_delivery_delay_seconds_count"]);
        Assert.Equal(4, metrics["norris_submission_delay_seconds_count"]); // two lines; that the guest comes, and that it goes
        Assert.Equal(metrics["norris_ordered_submissions_total"], metrics["norris_submission_delay_seconds_count"]);
        Assert.Equal((1, 1, 1), (metrics["norris_role{role=\"host\"}"], metrics["norris_ready"], metrics["norris_epoch"]));
        Assert.Equal(0, metrics["norris_stable_lag_entries"]);
        Assert.Single(metrics.SamplesOf("norris_role"), role => metrics[role] == 1);
    }

    [Fact]
    public async Task Requests_that_are_rejected_are_counted_by_reason_and_bytes_by_way()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        await node.SendAsync(HttpMethod.Put, "/v1/messages", "x").AssertProblemAsync(System.Net.HttpStatusCode.MethodNotAllowed);
        await node.SendAsync(HttpMethod.Get, "/nothing").AssertProblemAsync(System.Net.HttpStatusCode.NotFound);
        await node.SendAsync(HttpMethod.Get, "/nothing/else").AssertProblemAsync(System.Net.HttpStatusCode.NotFound);
        await node.PostAsync("").AssertProblemAsync(System.Net.HttpStatusCode.BadRequest);
        PrometheusText metrics = await PrometheusText.OfAsync(node);
        Assert.Equal((1, 2), (metrics["norris_http_rejected_total{reason=\"method_not_allowed\"}"], metrics["norris_http_rejected_total{reason=\"not_found\"}"]));
        Assert.Equal(3, metrics.SamplesOf("norris_http_rejected_total").Sum(sample => metrics[sample]));
        Assert.Equal(
            (1, 1, 2),
            (metrics["norris_http_problems_total{code=\"400\"}"], metrics["norris_http_problems_total{code=\"405\"}"], metrics["norris_http_problems_total{code=\"404\"}"]));
        Assert.True(metrics["norris_received_bytes_total{connections=\"accepted\"}"] > 4 * "GET / HTTP/1.1".Length);
        Assert.True(metrics["norris_sent_bytes_total{connections=\"accepted\"}"] > 4 * "HTTP/1.1 404 Not Found".Length);
        Assert.Equal(0, metrics["norris_sent_bytes_total{connections=\"dialed\"}"]);
    }

    [Fact]
    public async Task A_takeover_is_counted_where_it_is_won_and_timed()
    {
        InProcessNode alice = await InProcessNode.StartAsync("alice");
        await using InProcessNode bob = await InProcessNode.StartAsync("bob", [alice.Address]);
        PrometheusText before = await PrometheusText.OfAsync(bob);
        Assert.Equal((1, 0), (before["norris_role{role=\"following\"}"], before["norris_takeovers_total"]));
        Assert.True(before["norris_sent_bytes_total{connections=\"dialed\"}"] > 0 && before["norris_received_bytes_total{connections=\"dialed\"}"] > 0);
        await alice.BreakAsync();
        await alice.DisposeAsync();
        await bob.NextAsync("host");
        PrometheusText metrics = await PrometheusText.OfAsync(bob);
        Assert.Equal((1, 1), (metrics["norris_takeovers_won_total"], metrics["norris_role{role=\"host\"}"]));
        Assert.Equal(metrics["norris_takeovers_total"], metrics["norris_takeover_duration_seconds_count"]);
        Assert.Equal((1, 1, 1), (metrics["norris_host_lost_total"], metrics["norris_host_absence_seconds_count"], metrics["norris_removals_total{reason=\"lost\"}"]));
    }

    [Fact]
    public void Labels_and_help_are_escaped()
    {
        var writer = new MetricsWriter();
        writer.Gauge("norris_x", "A \\ and\na line.", "of", [("a\"b\\c\nd", 1)]);
        string text = System.Text.Encoding.UTF8.GetString(writer.ToUtf8());
        Assert.Equal("# HELP norris_x A \\\\ and\\na line.\n# TYPE norris_x gauge\nnorris_x{of=\"a\\\"b\\\\c\\nd\"} 1\n", text);
        Assert.Single(PrometheusText.Read(text).Types);
    }

    [Fact]
    public async Task The_board_and_the_documentation_name_what_there_is()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        PrometheusText metrics = await PrometheusText.OfAsync(node);
        string[] known = [.. metrics.Types.SelectMany(static each => each.Value == "histogram" ? new[] { $"{each.Key}_bucket", $"{each.Key}_sum", $"{each.Key}_count" } : [each.Key])];

        string board = await File.ReadAllTextAsync(Path.Combine(TidyTests.Source(), "..", "scripts", "grafana.json"));
        string[] drawn = [.. MetricName().Matches(board).Select(static match => match.Value).Distinct()];
        Assert.True(drawn.Length > 20, $"{drawn.Length} on the board");
        Assert.Empty(drawn.Except(known));

        string[] told = [.. File.ReadLines(Path.Combine(TidyTests.Source(), "Api", "README.md"))
            .Where(static line => line.StartsWith("| `norris_", StringComparison.Ordinal) || line.StartsWith("| `process_", StringComparison.Ordinal))
            .SelectMany(static line => MetricName().Matches(line.Split('|')[1]).Select(static match => match.Value))];
        Assert.Equal(metrics.Types.Keys.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("\\b(norris|process)_[a-z_]+")]
    private static partial Regex MetricName();
}

/// <summary>Buckets.</summary>
public sealed class DelayHistogramTests
{
    [Fact]
    public void Each_observation_is_in_the_first_bucket_that_reaches_it_and_in_all_behind()
    {
        var delays = new DelayHistogram();
        foreach (long microseconds in new long[] { -5, 0, 100, 101, 1_000, 10_000_000, 10_000_001 })
        {
            delays.Observe(microseconds);
        }
        (double End, long Count)[] buckets = [.. delays.Cumulative];
        Assert.Equal((0.0001, 3), buckets[0]);
        Assert.Equal((0.00025, 4), buckets[1]);
        Assert.Equal((0.001, 5), buckets[3]);
        Assert.Equal((10.0, 6), buckets[^2]);
        Assert.Equal((double.PositiveInfinity, 7), buckets[^1]);
        Assert.Equal(20.001202, delays.SumSeconds, 9);
    }

    [Fact]
    public void Observing_costs_no_memory()
    {
        var delays = new DelayHistogram();
        Allocations.AreNone(i => delays.Observe(i * 1000));
    }
}
