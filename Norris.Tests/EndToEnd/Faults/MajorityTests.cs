using System.Text.Json;
using Norris.Load.Faults;

namespace Norris.Tests.EndToEnd.Faults;

/// <summary>With --partition majority, real nodes that are cut off, and hosts that die: only a majority goes on, and who lives loses nothing.</summary>
[Collection(Company.Collection)]
public sealed class MajorityTests
{
    private static readonly string[] Rule = ["--partition", "majority"];
    private static readonly string[] Post = ["--request", "POST", "--header", "Content-Type: text/plain", "--data-binary", "from curl"];

    [ApartFact]
    public async Task A_host_on_the_smaller_side_stops_and_the_larger_side_goes_on()
    {
        await using Company company = await Company.StartApartAsync(5, Rule);
        int[] smaller = [0, 3];
        int[] larger = [1, 2, 4];
        await company.TalkAsync([.. smaller, .. larger]);
        company[0].Fate = company[3].Fate = NodeFate.CameBack;
        company.Network.Split(smaller, larger);
        // Usually n1 is the host there, as the most senior; if it is slow to stand, another one is.
        await company.AllSeeAsync(larger, "host");
        await company.AllSeeAsync(larger, "left", "n0");
        await company.AllSeeAsync(larger, "left", "n3");
        foreach (int node in smaller)
        {
            await company[node].SaysAsync("no majority of the members can be reached", company.Limit);
            await AssertStoppedAsync(company, node);
            // A program's lines wait, and are said when there is a majority again.
            await company[node].SayAsync(20);
        }
        await company.TalkAsync(larger);
        foreach (int node in larger)
        {
            Assert.Equal(200, (await company.AskAsync(node, "/readyz")).Status);
        }
        // Nothing was decided on the smaller side. What the larger one decided may well be shown there once they have met.
        Assert.All(smaller, node => Assert.DoesNotContain(company[node].Journey, each => !each.StartsWith("joined", StringComparison.Ordinal)));

        int[] printed = [.. larger.Select(node => company[node].Count)];
        company.Network.Heal();
        foreach (int node in smaller)
        {
            string itself = (await company[node].SeesAsync("ready", company.Limit)).GetProperty("member").GetString()!;
            await company[node].SeesAsync("gap", company.Limit);
            await company[node].SaysAsync("a majority of the members is in touch again", company.Limit);
            foreach ((int other, int after) in larger.Zip(printed))
            {
                Assert.Equal(itself, (await company[other].SeesAsync("joined", $"n{node}", company.Limit, after)).GetProperty("member").GetString());
            }
        }
        await company.AssertAsPromisedAsync();
    }

    [ApartFact]
    public async Task Without_a_majority_anywhere_nobody_goes_on_until_they_meet_and_then_nothing_that_was_said_is_lost()
    {
        await using Company company = await Company.StartApartAsync(5, Rule);
        int[] all = [0, 1, 2, 3, 4];
        await company.TalkAsync(all);
        company.Network.Split([0, 1], [2, 3], [4]);
        foreach (int node in all)
        {
            await company[node].SaysAsync("no majority of the members can be reached", company.Limit);
            await AssertStoppedAsync(company, node);
            await company[node].SayAsync(20);
            // The first who meet may be a majority, and go on without those who were silent for so long; these come back then.
            company[node].Fate = NodeFate.MayHaveMissed;
        }
        Assert.All(all, node => Assert.DoesNotContain(company[node].Journey, each => !each.StartsWith("joined", StringComparison.Ordinal)));
        company.Network.Heal();
        foreach (ObservedNode node in company.Some(all))
        {
            await node.SaysAsync("a majority of the members is in touch again", company.Limit);
        }
        await company.BecomeOneAsync();
        await company.AllBeInAsync(all);
        await company.AssertAsPromisedAsync();
    }

    [StaticBinaryFact]
    public async Task Killed_amid_the_talk_a_host_is_replaced_and_nothing_of_the_living_is_lost()
    {
        await using Company company = await Company.StartAsync(5, arguments: Rule);
        await company.KillHostAmidTalkAsync();
        await company.AllSeeAsync([1, 2, 3, 4], "host");
        await company.AssertAsPromisedAsync();
        Assert.All(company.Some(1, 2, 3, 4), node => Assert.Equal(
            ["left n0 lost"], node.Journey.Where(each => each.StartsWith("left", StringComparison.Ordinal))));
    }

    [StaticBinaryFact]
    public async Task Whose_processes_died_count_no_more_and_the_last_one_goes_on_by_itself_until_somebody_joins()
    {
        await using Company company = await Company.StartAsync(3, arguments: Rule);
        await company.TalkAsync(0, 1, 2);
        company[0].Kill();
        await company.AllSeeAsync([1, 2], "left", "n0");
        await company.AllSeeAsync([1, 2], "host");
        await company.TalkAsync(1, 2);
        company[1].Kill();
        await company.AllSeeAsync([2], "left", "n1");
        await company.AllSeeAsync([2], "host", "n2");
        await company.TalkAsync(2);
        await AssertGoesOnAsync(company, 2);

        await company.StartInPlaceOfAsync(dead: 1, through: 2);
        await company.AllSeeAsync([2], "joined", "n3");
        await AssertGoesOnAsync(company, 3);
        await company.TalkAsync(2, 3);
        await company.AllBeInAsync(2, 3);
        await company.AssertAsPromisedAsync();
    }

    private static async Task AssertGoesOnAsync(Company company, int node)
    {
        Assert.Equal(201, (await company.AskAsync(node, "/v1/messages", Post)).Status);
        Assert.Equal(200, (await company.AskAsync(node, "/readyz")).Status);
    }

    private static async Task AssertStoppedAsync(Company company, int node)
    {
        HttpWord refused = await company.AskAsync(node, "/v1/messages", Post);
        Assert.Equal((503, "application/problem+json"), (refused.Status, refused.Fields["Content-Type"]));
        Assert.Equal("1", refused.Fields["Retry-After"]);
        Assert.Contains("no majority", JsonElement.Parse(refused.Body).GetProperty("detail").GetString(), StringComparison.Ordinal);
        HttpWord ready = await company.AskAsync(node, "/readyz");
        Assert.Equal(503, ready.Status);
        Assert.Contains("no majority", JsonElement.Parse(ready.Body).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(200, (await company.AskAsync(node, "/healthz")).Status);
    }
}
