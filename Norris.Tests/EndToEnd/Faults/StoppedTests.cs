using System.Text.Json;

namespace Norris.Tests.EndToEnd.Faults;

/// <summary>Nodes that freeze and go on later: the others do not wait, and the one that was away comes back as itself.</summary>
[Collection(Company.Collection)]
public sealed class StoppedTests
{
    [StaticBinaryFact]
    public async Task A_host_that_is_stopped_is_replaced_and_comes_back_as_itself_with_a_gap()
    {
        await using Company company = await Company.StartAsync(4);
        string itself = (await company[0].SeesAsync("ready", company.Limit)).GetProperty("member").GetString()!;
        await Task.WhenAll(company.Some(0, 1, 2, 3).Select(node => node.SayAsync(200)));
        await company[3].HearsAsync(company[0], 50, company.Limit);
        company[0].Stop();
        await company.AllSeeAsync([1, 2, 3], "left", "n0");
        await company.AllSeeAsync([1, 2, 3], "host", "n1");
        await company.TalkAsync(1, 2, 3);

        company[0].Continue();
        await company[0].SeesAsync("gap", company.Limit);
        foreach (JsonElement joined in await company.AllSeeAsync([1, 2, 3], "joined", "n0"))
        {
            Assert.Equal(itself, joined.GetProperty("member").GetString());
        }
        await company.AssertAsPromisedAsync();
        Assert.Single(company[1].Journey, each => each.StartsWith("host", StringComparison.Ordinal));
    }

    [StaticBinaryFact]
    public async Task A_member_that_is_stopped_is_lost_and_comes_back_as_itself_with_a_gap()
    {
        await using Company company = await Company.StartAsync(3);
        string itself = (await company[2].SeesAsync("ready", company.Limit)).GetProperty("member").GetString()!;
        await company.TalkAsync(0, 1, 2);
        company[2].Stop();
        await company.AllSeeAsync([0, 1], "left", "n2");
        await company.TalkAsync(0, 1);

        int seen = company[0].Count;
        company[2].Continue();
        await company[2].SeesAsync("gap", company.Limit);
        Assert.Equal(itself, (await company[0].SeesAsync("joined", "n2", company.Limit, seen)).GetProperty("member").GetString());
        await company.AssertAsPromisedAsync();
        Assert.DoesNotContain(company[0].Journey, each => each.StartsWith("host", StringComparison.Ordinal));
    }
}
