using System.Text.Json;
using Norris.Load.Faults;
using Norris.Tests.Http.RealPeers;

namespace Norris.Tests.EndToEnd.Faults;

/// <summary>Machines on one segment that nobody told of each other: <c>--join auto</c>.</summary>
[Collection(Company.Collection)]
public sealed class SegmentTests
{
    private const string RefusesMulticast = "table ip norris { chain output { type filter hook output priority 0; ip daddr 239.0.0.0/8 drop; }; }";

    [ApartFact]
    public async Task Three_machines_that_start_together_become_one_network_and_see_the_same_order()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        using BridgedNetwork network = BridgedNetwork.Create(3);
        await using ObservedNode n0 = Start(network, 0, "auto");
        await using ObservedNode n1 = Start(network, 1, "auto");
        await using ObservedNode n2 = Start(network, 2, "auto");
        ObservedNode[] nodes = [n0, n1, n2];
        await Task.WhenAll(nodes.Select((node, place) => SeesMembersAsync(network, node, place, nodes.Length, limit.Token)));
        await Task.WhenAll(nodes.Select(node => node.SayAsync(20)));
        await Task.WhenAll(nodes.SelectMany(node => nodes.Select(other => node.HearsAsync(other, limit.Token))));
        IReadOnlyList<string> violations = FaultVerifier.FindViolations(await Task.WhenAll(nodes.Select(node => node.EndAsync())));
        Assert.True(violations.Count == 0, string.Join('\n', violations) + string.Concat(nodes.Select(node => $"\n{string.Join("; ", node.Journey)}\n{node.Errors}")));
    }

    [ApartFact]
    public async Task Where_multicast_is_refused_it_says_so_and_a_named_address_works_all_the_same()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        using BridgedNetwork network = BridgedNetwork.Create(2);
        string[] place = network.CommandAt(1);
        (int status, _, string errors) = await Tool.RunAsync(place[0], RefusesMulticast, [.. place[1..], "nft", "-f", "-"]);
        Assert.True(status == 0, errors);
        await using ObservedNode n0 = Start(network, 0, "auto");
        await n0.SeesAsync("ready", limit.Token);

        (status, _, errors) = await Tool.RunAsync(
            place[0], "", [.. place[1..], StaticBinaryFactAttribute.BinaryPath, "--listen", "0.0.0.0:7000", "--join", "auto", "--output", "none"]);
        Assert.Equal(1, status);
        Assert.StartsWith("norris: cannot look for others on this segment: multicast was refused: ", errors, StringComparison.Ordinal);
        Assert.EndsWith("; name a member's address with --join ADDR:PORT, or start a network without --join\n", errors, StringComparison.Ordinal);

        await using ObservedNode n1 = Start(network, 1, $"{BridgedNetwork.AddressOf(0)}:{BridgedNetwork.Port},auto");
        Assert.Equal(2, (await n1.SeesAsync("ready", limit.Token)).GetProperty("members").GetInt32());
        await n1.SaysAsync("joining through the named addresses only", limit.Token);
    }

    /// <summary>Waits until so many are in a node's view. Whatever changes the view is told afterwards, so it is looked at again then.</summary>
    private static async Task SeesMembersAsync(BridgedNetwork network, ObservedNode node, int place, int members, CancellationToken cancellation)
    {
        await node.SeesAsync("ready", cancellation);
        string[] command = [.. network.CommandAt(place), "curl", "-sS", $"http://{BridgedNetwork.AddressOf(place)}:{BridgedNetwork.Port}/v1/members"];
        while (true)
        {
            int told = node.Count;
            (int status, string view, string errors) = await Tool.RunAsync(command[0], "", command[1..]);
            Assert.True(status == 0, errors);
            if (JsonDocument.Parse(view).RootElement.GetProperty("members").GetArrayLength() == members)
            {
                return;
            }
            await node.SeesAnythingAsync(told, cancellation);
        }
    }

    private static ObservedNode Start(BridgedNetwork network, int place, string join) =>
        new(place, network.CommandAt(place), ["--listen", $"0.0.0.0:{BridgedNetwork.Port}", "--join", join]);
}
