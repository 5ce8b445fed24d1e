using Norris.Load.Faults;

namespace Norris.Tests.EndToEnd.Faults;

/// <summary>Sides that do not hear each other: each goes on, and when they meet again they are one network.</summary>
[Collection(Company.Collection)]
public sealed class PartitionTests
{
    [ApartFact]
    public async Task A_host_that_is_cut_off_alone_goes_on_alone_and_follows_when_it_meets_the_others()
    {
        await using Company company = await Company.StartApartAsync(3);
        await company.TalkAsync(0, 1, 2);
        company[0].Fate = NodeFate.CameBack;
        company.Network.Split([0], [1, 2]);
        await company.AllSeeAsync([1, 2], "left", "n0");
        await company.AllSeeAsync([1, 2], "host", "n1");
        await company.TalkAsync(1, 2);
        await company.AllSeeAsync([0], "left", "n2");
        await company.TalkAsync(0);

        company.Network.Heal();
        await company[0].SeesAsync("gap", company.Limit);
        await company.AllSeeAsync([1, 2], "joined", "n0");
        await company.AssertAsPromisedAsync();
    }

    [ApartFact]
    public async Task The_smaller_side_joins_the_larger_one_and_everybody_is_who_they_were()
    {
        await using Company company = await Company.StartApartAsync(5);
        int[] smaller = [0, 3];
        int[] larger = [1, 2, 4];
        await company.TalkAsync([.. smaller, .. larger]);
        company[0].Fate = company[3].Fate = NodeFate.CameBack;
        company.Network.Split(smaller, larger);
        await company.AllSeeAsync(larger, "host", "n1");
        await company.AllSeeAsync(smaller, "left", "n1");
        await company.AllSeeAsync(smaller, "left", "n4");
        await company.TalkAsync(smaller);
        await company.TalkAsync(larger);

        int[] printed = [.. larger.Select(node => company[node].Count)];
        company.Network.Heal();
        foreach (int node in smaller)
        {
            string itself = (await company[node].SeesAsync("ready", company.Limit)).GetProperty("member").GetString()!;
            await company[node].SeesAsync("gap", company.Limit);
            foreach ((int other, int after) in larger.Zip(printed))
            {
                Assert.Equal(itself, (await company[other].SeesAsync("joined", $"n{node}", company.Limit, after)).GetProperty("member").GetString());
            }
        }
        await company.AssertAsPromisedAsync();
    }

    [ApartFact]
    public async Task Three_sides_become_one_network()
    {
        await using Company company = await Company.StartApartAsync(5);
        await company.TalkAsync(0, 1, 2, 3, 4);
        company.Network.Split([0, 1], [2, 3], [4]);
        await company.AllSeeAsync([0, 1], "left", "n4");
        await company.AllSeeAsync([2, 3], "host", "n2");
        await company.AllSeeAsync([4], "host", "n4");
        await company.TalkAsync(0, 1);
        await company.TalkAsync(2, 3);
        await company.TalkAsync(4);

        company.Network.Heal();
        await company.BecomeOneAsync();
        foreach (ObservedNode node in company.Some(0, 1, 2, 3, 4).Where(node => node.Journey.Any(each => each.StartsWith("gap", StringComparison.Ordinal))))
        {
            node.Fate = NodeFate.CameBack;
        }
        Assert.Contains(company.Some(0, 1, 2, 3), node => node.Fate == NodeFate.Lives);
        await company.AssertAsPromisedAsync();
    }
}
