using System.Diagnostics;
using Norris.Load.Faults;

namespace Norris.Tests.EndToEnd.Faults;

/// <summary>One member and the host cannot reach each other, and everybody else can: nobody is deposed, nobody is lost, and they follow through others.</summary>
[Collection(Company.Collection)]
public sealed class OneBadLinkTests
{
    private static readonly TimeSpan LongerThanAnyTimeout = TimeSpan.FromSeconds(2.5);

    [ApartTheory]
    [InlineData(0, 2)]
    [InlineData(2, 0)]
    public Task A_way_that_is_cut_in_one_direction(int from, int to) => CutAndHealAsync(network => network.CutOneWay(from, to));

    [ApartFact]
    public Task A_way_that_is_cut_in_both() => CutAndHealAsync(static network => network.Split([0], [2]));

    [ApartFact]
    public async Task A_host_that_refuses_one_of_many()
    {
        await using Company company = await Company.StartApartAsync(3);
        await company.TalkAsync(0, 1, 2);
        company.Network.Refuse(2, 0);
        await AssertNothingHappensAsync(company);
        await company.AssertAsPromisedAsync();
    }

    private static async Task CutAndHealAsync(Action<BridgedNetwork> cut)
    {
        await using Company company = await Company.StartApartAsync(3);
        await company.TalkAsync(0, 1, 2);
        cut(company.Network);
        await AssertNothingHappensAsync(company);
        company.Network.Heal();
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
