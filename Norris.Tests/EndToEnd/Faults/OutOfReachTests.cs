using System.Text.Json;
using Norris.Load.Faults;
using Norris.Tests.Http.RealPeers;

namespace Norris.Tests.EndToEnd.Faults;

/// <summary>A machine behind a firewall: it reaches the others, and they do not reach it.</summary>
[Collection(Company.Collection)]
public sealed class OutOfReachTests
{
    [ApartTheory]
    [InlineData("drop")]
    [InlineData("reject with tcp reset")]
    public async Task It_takes_part_everybody_knows_and_it_is_never_host(string verdict)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        using BridgedNetwork network = BridgedNetwork.Create(3);
        // The one that nobody reaches comes in before the one that is to be host.
        await FirewallAsync(network, 1, verdict);
        await using ObservedNode n0 = Start(network, 0);
        await n0.SeesAsync("ready", limit.Token);
        await using ObservedNode n1 = Start(network, 1, "--join", AddressAt(0));
        await n1.SeesAsync("ready", limit.Token);
        await n1.SaysAsync($"the host cannot reach this node at {AddressAt(1)}: it takes part, and cannot be host", limit.Token);
        await using ObservedNode n2 = Start(network, 2, "--join", AddressAt(0));
        await n2.SeesAsync("ready", limit.Token);
        Assert.Equal([("n0", true), ("n1", false), ("n2", true)], await MembersAsync(network, 2));

        await n1.SayAsync(10);
        await n2.HearsAsync(n1, limit.Token);
        n0.Kill();
        await n2.SeesAsync("host", "n2", limit.Token);
        await n1.SeesAsync("gap", limit.Token);
        await n1.SayAsync(10);
        await n2.HearsAsync(n1, limit.Token);
        Assert.DoesNotContain("host n1", n2.Journey);
        Assert.Equal([("n2", true), ("n1", false)], await MembersAsync(network, 2));
    }

    private static string AddressAt(int place) => $"{BridgedNetwork.AddressOf(place)}:{BridgedNetwork.Port}";

    private static ObservedNode Start(BridgedNetwork network, int place, params string[] more) =>
        new(place, network.CommandAt(place), ["--listen", $"0.0.0.0:{BridgedNetwork.Port}", "--advertise", AddressAt(place), .. more]);

    private static async Task FirewallAsync(BridgedNetwork network, int place, string verdict)
    {
        string[] command = network.CommandAt(place);
        (int status, _, string errors) = await Tool.RunAsync(
            command[0],
            $"table ip norris {{ chain input {{ type filter hook input priority 0; iif eth0 tcp dport {BridgedNetwork.Port} {verdict}; }}; }}",
            [.. command[1..], "nft", "-f", "-"]);
        Assert.True(status == 0, errors);
    }

    private static async Task<(string Name, bool IsReachable)[]> MembersAsync(BridgedNetwork network, int place)
    {
        string[] command = network.CommandAt(place);
        (int status, string output, string errors) = await Tool.RunAsync(
            command[0], "", [.. command[1..], "curl", "--silent", "--show-error", "--max-time", "20", $"http://{AddressAt(place)}/v1/members"]);
        Assert.True(status == 0, errors);
        return [.. JsonElement.Parse(output).GetProperty("members").EnumerateArray().Select(static member =>
            (member.GetProperty("name").GetString()!, member.GetProperty("reachable").GetBoolean()))];
    }
}
