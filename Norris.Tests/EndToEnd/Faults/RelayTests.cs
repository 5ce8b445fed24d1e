namespace Norris.Tests.EndToEnd.Faults;

/// <summary>A host that serves two nodes itself, so that the others follow through them; relays and hosts that die.</summary>
[Collection(Company.Collection)]
public sealed class RelayTests
{
    [StaticBinaryFact]
    public async Task A_relay_is_killed_and_then_the_host_and_nobody_who_lives_misses_anything()
    {
        await using Company company = await Company.StartAsync(7, null, "--fan-out", "2");
        await company.TalkAsync(0, 1, 2, 3, 4, 5, 6);
        string host = (await company.AskAsync(0, "/metrics")).Body;
        Assert.Matches("(?m)^norris_followers 2$", host);
        Assert.Matches("(?m)^norris_queue_limit_entries\\{queue=\"connections\"\\} [1-9][0-9]*$", host);
        Assert.Contains("norris_queue_limit_bytes{queue=\"typed\"} 262144\n", host, StringComparison.Ordinal);
        string relay = (await company.AskAsync(1, "/metrics")).Body;
        Assert.Matches("(?m)^norris_followers [12]$", relay);
        Assert.Equal(Families(host), Families(relay));
        company[1].Kill();
        await company.TalkAsync(0, 2, 3, 4, 5, 6);
        await company.AllSeeAsync([0, 2, 3, 4, 5, 6], "left", "n1");
        company[0].Kill();
        await Task.WhenAll(company.Some(2, 3, 4, 5, 6).Select(static node => node.SayAsync(200)));
        await company.AllSeeAsync([2, 3, 4, 5, 6], "left", "n0");
        await company.AssertAsPromisedAsync();
        Assert.All(company.Some(2, 3, 4, 5, 6), static node => Assert.Contains("left n0 lost", node.Journey));
    }

    private static IEnumerable<string> Families(string metrics) => metrics.Split('\n').Where(static line => line.StartsWith("# TYPE ", StringComparison.Ordinal));
}
