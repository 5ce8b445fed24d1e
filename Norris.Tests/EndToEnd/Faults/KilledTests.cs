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
        await company.AllSeeAsync([1, 2, 3, 4], "host", "n1");
        await company.AssertAsPromisedAsync();
        Assert.All(company.Some(1, 2, 3, 4), node => Assert.Equal(["host n1", "left n0 lost"], node.Journey[^2..].Order()));
    }

    [StaticBinaryFact]
    public async Task One_host_after_the_other_is_killed_until_one_node_is_left_and_goes_on()
    {
        await using Company company = await Company.StartAsync(3);
        await company.TalkAsync(0, 1, 2);
        company[0].Kill();
        await company.AllSeeAsync([1, 2], "host", "n1");
        await company.TalkAsync(1, 2);
        company[1].Kill();
        await company.AllSeeAsync([2], "left", "n1");
        await company.AllSeeAsync([2], "host", "n2");
        await company.AssertAsPromisedAsync();
    }
}
