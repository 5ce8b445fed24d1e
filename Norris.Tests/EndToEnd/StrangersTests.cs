using System.Net;
using System.Net.Http.Headers;
using Norris.Load.Strangers;
using Norris.Tests.Api.Metrics;

namespace Norris.Tests.EndToEnd;

/// <summary>Those who have not the secret at the door of a real node: each hears what it is to hear, and the members talk on.</summary>
public sealed class StrangersTests : IDisposable
{
    private const int Times = 3;

    private readonly string _secret = Path.GetTempFileName();

    public StrangersTests() => File.WriteAllText(_secret, "a secret of these members\n");

    public void Dispose() => File.Delete(_secret);

    [StaticBinaryFact]
    public async Task Whoever_has_not_the_secret_is_told_so_is_counted_and_disturbs_nobody()
    {
        CancellationToken patience = new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;
        await using NodeUnderTest host = NodeUnderTest.Start("host", null, "--secret-file", _secret);
        System.Text.Json.JsonElement listening = await host.NextAsync("listening", patience);
        string address = listening.GetProperty("address").GetString()!;
        await using NodeUnderTest member = NodeUnderTest.Start("member", address, "--secret-file", _secret);
        await member.NextAsync("ready", patience);

        using var kinds = new StrangerKinds(IPEndPoint.Parse(address), StaticBinaryFactAttribute.BinaryPath);
        Task tries = Task.WhenAll(kinds.All.SelectMany(kind => Enumerable.Range(0, Times).Select(async _ => Assert.Equal((kind.Name, kind.Answer), (kind.Name, await kind.TryAsync())))));
        for (int said = 0; said < 20 || !tries.IsCompleted; said++)
        {
            await member.SayAsync([$"line {said}"]);
            Assert.Equal($"line {said}", (await host.NextAsync("message", patience)).GetProperty("text").GetString());
        }
        await tries;

        PrometheusText metrics = await MetricsAsync(listening.GetProperty("web").GetString()!, patience);
        Assert.Equal(2, metrics["norris_members{kind=\"node\"}"]);
        Assert.Equal(
            (2 * Times, 2 * Times, Times, Times, 0),
            (metrics[Handshakes("other_secret")], metrics[Handshakes("not_tls")], metrics[Handshakes("no_certificate")], metrics[Handshakes("timed_out")], metrics[Handshakes("gave_way")]));
        Assert.True(metrics[Handshakes("let_in")] > 0);
        Assert.Equal((0, 256), (metrics["norris_queue_entries{queue=\"handshakes\"}"], metrics["norris_queue_limit_entries{queue=\"handshakes\"}"]));
        Assert.Equal(0, await member.LeaveAsync(patience));
        Assert.Equal(0, await host.LeaveAsync(patience));
    }

    private static string Handshakes(string outcome) => $"norris_handshakes_total{{outcome=\"{outcome}\"}}";

    private static async Task<PrometheusText> MetricsAsync(string link, CancellationToken patience)
    {
        using var client = new HttpClient { DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..]) } };
        return PrometheusText.Read(await client.GetStringAsync(new Uri(new Uri(link), "/metrics"), patience));
    }
}
