using System.Net;
using Norris.Load.Hostile;

namespace Norris.Tests.EndToEnd;

/// <summary>Hostile bytes on real nodes: each case with its answer, and everybody else as if nothing were.</summary>
public sealed class HostileTests
{
    [Fact]
    public void There_are_enough_cases_and_each_has_a_name_of_its_own()
    {
        Assert.InRange(HostileSuite.Count, 300, 1000);
        Assert.Empty(HostileSuite.Cases.GroupBy(static each => each.Name).Where(static same => same.Count() > 1).Select(static same => same.Key));
    }

    [StaticBinaryFact]
    public async Task Whatever_is_sent_is_answered_as_it_should_be_and_the_others_talk_on()
    {
        CancellationToken patience = new CancellationTokenSource(TimeSpan.FromMinutes(3)).Token;
        await using NodeUnderTest host = NodeUnderTest.Start("alice", null, "--timeout", "60s");
        string address = await host.AddressAsync(patience);
        await using NodeUnderTest bob = NodeUnderTest.Start("bob", address, "--timeout", "60s");
        await bob.AddressAsync(patience);
        await bob.NextAsync("ready", patience);

        using var over = new CancellationTokenSource();
        Task<int> talking = TalkAsync(bob, over.Token);
        var suite = new HostileSuite(IPEndPoint.Parse(address));
        Task<IReadOnlyList<string>> slow = suite.TrySlowAsync();
        IReadOnlyList<string> wrong = [.. await suite.TryAllAsync(), .. await slow];
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        await over.CancelAsync();

        int said = await talking;
        await bob.SayAsync(["the end"]);
        List<string> heard = [];
        do
        {
            heard.Add((await host.NextAsync("message", patience)).GetProperty("text").GetString()!);
        }
        while (heard[^1] != "the end");
        await bob.UntilAsync(1, "the end", patience);
        Assert.Equal([.. Enumerable.Range(0, said).Select(static i => $"line {i}"), "the end"], heard.Where(static text => text.StartsWith("line ", StringComparison.Ordinal) || text == "the end"));
        Assert.Equal(await host.PositionAsync(patience), await bob.PositionAsync(patience));
        Assert.Equal(0, await bob.LeaveAsync(patience));
        Assert.Equal(0, await host.LeaveAsync(patience));
        Assert.DoesNotContain("bug of this node", await host.Errors, StringComparison.Ordinal);
    }

    private static async Task<int> TalkAsync(NodeUnderTest node, CancellationToken over)
    {
        int said = 0;
        for (; !over.IsCancellationRequested; said++)
        {
            await node.SayAsync([$"line {said}"]);
            await Task.Delay(5, CancellationToken.None);
        }
        return said;
    }
}
