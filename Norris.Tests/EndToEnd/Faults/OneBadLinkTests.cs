using System.Diagnostics;

namespace Norris.Tests.EndToEnd.Faults;

/// <summary>One member and the host cannot reach each other, and everybody else can: nobody is deposed, nobody is lost, and they follow through others.</summary>
[Collection(Company.Collection)]
public sealed class OneBadLinkTests
{
    private static readonly TimeSpan LongerThanAnyTimeout = TimeSpan.FromSeconds(2.5);

    [ApartTheory]
    [InlineData(0, 2)]
    [InlineData(2, 0)]
    public async Task A_way_that_is_cut_in_one_direction(int from, int to)
    {
        await using Company company = await Company.StartApartAsync(3);
        await company.TalkAsync(0, 1, 2);
        company.Network.CutOneWay(from, to);
        await AssertNothingHappensAsync(company);
        company.Network.Heal();
        await company.AssertAsPromisedAsync();
    }

    [ApartFact]
    public async Task A_way_that_is_cut_in_both()
    {
        await using Company company = await Company.StartApartAsync(3);
        await company.TalkAsync(0, 1, 2);
        company.Network.Split([0], [2]);
        await AssertNothingHappensAsync(company);
        company.Network.Heal();
        await company.AssertAsPromisedAsync();
    }

    [ApartFact]
    public async Task A_host_that_refuses_one_of_many()
    {
        await using Company company = await Company.StartApartAsync(3);
        await company.TalkAsync(0, 1, 2);
        company.Network.Refuse(2, 0);
        await AssertNothingHappensAsync(company);
        await company.AssertAsPromisedAsync();
    }

    // They talk, so that whoever cannot be heard would be missed, for longer than anybody waits before missing somebody.
    private static async Task AssertNothingHappensAsync(Company company)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < LongerThanAnyTimeout)
        {
            await company.TalkAsync(0, 1, 2);
        }
        Assert.All(company.Some(0, 1, 2), node => Assert.DoesNotContain(node.Journey, each => !each.StartsWith("joined", StringComparison.Ordinal)));
    }
}
