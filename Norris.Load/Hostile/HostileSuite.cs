using System.Net;

namespace Norris.Load.Hostile;

/// <summary>Everything hostile that there is, tried on one node, a few at a time.</summary>
/// <param name="host">A node that is its network's host; the network has another one.</param>
internal sealed class HostileSuite(IPEndPoint host)
{
    private const int AtOnce = 8;

    /// <summary>All cases that are bytes and answers.</summary>
    public static IReadOnlyList<HostileCase> Cases { get; } =
        [.. FramingCases.All(), .. FloodCases.All(), .. ApiCases.All(), .. PeerCases.OfStrangers()];

    /// <summary>How many cases there are in all.</summary>
    public static int Count => Cases.Count + PeerCases.OfMembers().Count() + SlowCases.All().Count();

    /// <summary>Tries all that take no time; what was answered otherwise than it should be, in words.</summary>
    public async Task<IReadOnlyList<string>> TryAllAsync()
    {
        var wrong = new List<string>();
        await Parallel.ForEachAsync(Cases, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (each, _) =>
            Compare(wrong, each.Name, each.Answers, (await HostileClient.SendAsync(host, each.Bytes)).Statuses));
        foreach ((string name, Func<Mole, byte[]> bytes, string answers) in PeerCases.OfMembers())
        {
            if (await Mole.JoinAsync(host) is not { } mole)
            {
                Compare(wrong, $"member: {name}", answers, "not let in");
                continue;
            }
            Compare(wrong, $"member: {name}", answers, (await HostileClient.SendAsync(host, bytes(mole))).Statuses);
            await mole.LeaveAsync(host);
        }
        return wrong;
    }

    /// <summary>Tries all that take their time, all at once; what was answered otherwise than it should be.</summary>
    public async Task<IReadOnlyList<string>> TrySlowAsync()
    {
        var wrong = new List<string>();
        await Task.WhenAll(SlowCases.All().Select(async each => Compare(wrong, each.Name, each.Answers, await each.Try(host))));
        return wrong;
    }

    private static void Compare(List<string> wrong, string name, string expected, string actual)
    {
        if (actual != expected)
        {
            lock (wrong)
            {
                wrong.Add($"{name}: answered [{Short(actual)}], and not [{Short(expected)}]");
            }
        }
    }

    private static string Short(string text) => text.Length <= 60 ? text : $"{text[..60]}...";
}
