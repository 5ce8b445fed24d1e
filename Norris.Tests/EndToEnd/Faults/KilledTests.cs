namespace Norris.Tests.EndToEnd.Faults;

/// <summary>Hosts that die without a word: the next goes on, and nobody who lives loses anything.</summary>
[Collection(Company.Collection)]
public sealed class KilledTests
{
    [StaticBinaryFact]
    public async Task Killed_amid_the_talk_a_host_is_replaced_by_the_most_senior_and_nothing_of_the_living_is_lost()
    {
        await using Company company = await Company.StartAsync(5);
        await company.KillHostAmidTalkAsync();
        await company.AssertAsPromisedAsync();
        // Seniority decides; but whose turn it is may find its machine too slow to take it.
        string[] ends = [.. company.Some(1, 2, 3, 4).Select(static node => string.Join(", ", node.Journey[^2..].Order())).Distinct()];
        Assert.Matches("^host n[1-4], left n0 lost$", Assert.Single(ends));
    }

    [StaticBinaryFact]
    public async Task One_host_after_the_other_is_killed_until_one_node_is_left_and_goes_on()
    {
        await using Company company = await Company.StartAsync(3);
        await company.TalkAsync(0, 1, 2);
        company[0].Kill();
        await company.AllSeeAsync([1, 2], "left", "n0");
        await company.TalkAsync(1, 2);
        int host = company[1].Journey.Contains("host n1") ? 1 : 2;
        int last = 3 - host;
        Assert.All(company.Some(1, 2), node => Assert.Contains($"host n{host}", node.Journey));
        company[host].Kill();
        await company.AllSeeAsync([last], "left", $"n{host}");
        await company.AllSeeAsync([last], "host", $"n{last}");
        await company.AssertAsPromisedAsync();
    }
}
