using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using Norris.Protocol;
using Norris.Tests.Api;

namespace Norris.Tests.Node;

/// <summary>Every queue has a limit, which people can read, and scripts; and what is told to those who come when it is full.</summary>
public sealed partial class QueuesTests
{
    private static readonly FieldInfo[] Limits = typeof(QueueLimits).GetFields(BindingFlags.Public | BindingFlags.Static);

    /// <summary>Those of standard input and output, which only a process has.</summary>
    private static readonly string[] OfTheTerminal = ["entered", "typed", "screen"];

    [Fact]
    public async Task Every_limit_is_in_the_metrics_beside_what_waits()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice");
        using HttpResponseMessage response = await node.SendAsync(HttpMethod.Get, "/metrics");
        string text = await response.Content.ReadAsStringAsync(InProcessNode.Patience);
        foreach ((string queue, string unit, long limit) in Limits.Select(Describe).Where(static each => !OfTheTerminal.Contains(each.Queue)))
        {
            long shown = queue == "departed" ? 2 * limit : limit;
            Assert.Contains($"\nnorris_queue_limit_{unit}{{queue=\"{queue}\"}} {shown}\n", text, StringComparison.Ordinal);
            Match fill = Regex.Match(text, $"\nnorris_queue_{unit}{{queue=\"{queue}\"}} ([0-9]+)\n");
            Assert.True(fill.Success && long.Parse(fill.Groups[1].Value, CultureInfo.InvariantCulture) < shown, queue);
        }
    }

    [Fact]
    public void Every_limit_is_in_the_documentation()
    {
        string[] rows = [.. File.ReadLines(Path.Combine(TidyTests.Source(), "README.md")).Where(static line => QueueRow().IsMatch(line))];
        Assert.Equal(
            Limits.Select(Describe).Select(static each => (each.Queue, Amount(each.Limit, each.Unit))),
            rows.Select(static row => (QueueRow().Match(row).Groups[1].Value, QueueRow().Match(row).Groups[2].Value)));
    }

    [Fact]
    public async Task Who_says_something_when_too_much_waits_is_told_to_come_again_and_so_is_who_joins()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice", change: static settings => settings with { Core = settings.Core with { OutboxBytesMax = 0 } });
        using HttpResponseMessage said = await node.PostAsync("x");
        Assert.Equal(HttpStatusCode.TooManyRequests, said.StatusCode);
        Assert.NotNull(said.Headers.RetryAfter);
        using HttpResponseMessage joined = await node.SendAsync(HttpMethod.Post, "/v1/guests", "{\"name\":\"gwen\"}", "application/json");
        Assert.Equal(HttpStatusCode.TooManyRequests, joined.StatusCode);
    }

    [Fact]
    public async Task There_is_room_for_so_many_guests_and_for_no_more_until_one_leaves()
    {
        await using InProcessNode node = await InProcessNode.StartAsync("alice", change: static settings => settings with { GuestsMax = 2 });
        (string id, _, string token) = await node.OpenGuestAsync("one");
        await node.OpenGuestAsync("two");
        using (HttpResponseMessage third = await node.SendAsync(HttpMethod.Post, "/v1/guests", "{\"name\":\"three\"}", "application/json"))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
            Assert.NotNull(third.Headers.RetryAfter);
        }
        using HttpResponseMessage left = await node.SendAsync(HttpMethod.Delete, $"/v1/guests/{id}", token: token);
        Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
        await node.OpenGuestAsync("three");
    }

    private static (string Queue, string Unit, long Limit) Describe(FieldInfo limit)
    {
        string name = limit.Name[..^"Max".Length];
        bool isInBytes = name.EndsWith("Bytes", StringComparison.Ordinal);
        name = isInBytes ? name[..^"Bytes".Length] : name;
        return (Capital().Replace(name, "_$0").ToLowerInvariant()[1..], isInBytes ? "bytes" : "entries", Convert.ToInt64(limit.GetRawConstantValue(), CultureInfo.InvariantCulture));
    }

    private static string Amount(long limit, string unit) =>
        unit == "entries" ? limit.ToString("N0", CultureInfo.InvariantCulture)
        : limit % (1024 * 1024) == 0 ? $"{limit / (1024 * 1024)} MiB" : $"{limit / 1024} KiB";

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();

    [GeneratedRegex(@"^\| `([a-z_]+)` \| ([0-9,]+(?: [MK]iB)?) \|")]
    private static partial Regex QueueRow();
}
