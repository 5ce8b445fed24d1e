namespace Norris.Tests.EndToEnd.Faults;

/// <summary>The way to the host is bad, while the host itself is well.</summary>
[Collection(Company.Collection)]
public sealed class BadWayTests
{
    [StaticBinaryFact]
    public async Task Connections_that_are_reset_again_and_again_depose_nobody_and_lose_nothing()
    {
        await using var forwarder = new Forwarder();
        await using Company company = await Company.StartAsync(3, forwarder);
        for (int round = 0; round < 5; round++)
        {
            await Task.WhenAll(company.Some(0, 1, 2).Select(node => node.SayAsync(100)));
            await company[2].HearsAsync(company[1], (round * 100) + 20, company.Limit);
            Assert.NotEqual(0, forwarder.ResetAll());
        }
        await company.AssertAsPromisedAsync();
        AssertNothingHappened(company, 0, 1, 2);
    }

    [StaticBinaryFact]
    public async Task A_slow_way_to_the_host_deposes_nobody_and_when_the_host_dies_the_next_goes_on()
    {
        await using var forwarder = new Forwarder(TimeSpan.FromMilliseconds(200));
        await using Company company = await Company.StartAsync(3, forwarder);
        for (int round = 0; round < 3; round++)
        {
            await company.TalkAsync(0, 1, 2);
        }
        AssertNothingHappened(company, 0, 1, 2);
        await Task.WhenAll(company.Some(1, 2).Select(node => node.SayAsync(100)));
        company[0].Kill();
        forwarder.Refuse();
        await company.AllSeeAsync([1, 2], "host", "n1");
        await company.AssertAsPromisedAsync();
    }

    [StaticBinaryFact]
    public async Task A_host_that_everybody_is_refused_by_is_replaced_and_follows_then()
    {
        await using var forwarder = new Forwarder();
        await using Company company = await Company.StartAsync(3, forwarder);
        await company.TalkAsync(0, 1, 2);
        company[0].Fate = Norris.Load.Faults.NodeFate.CameBack;
        forwarder.Refuse();
        await company.AllSeeAsync([1, 2], "left", "n0");
        await company.AllSeeAsync([1, 2], "host", "n1");
        await company.TalkAsync(1, 2);
        await company[0].SeesAsync("gap", company.Limit);
        await company.AllSeeAsync([1, 2], "joined", "n0");
        await company.AssertAsPromisedAsync();
    }

    private static void AssertNothingHappened(Company company, params int[] nodes) => Assert.All(company.Some(nodes), node =>
        Assert.DoesNotContain(node.Journey, each => !each.StartsWith("joined", StringComparison.Ordinal)));
}
