using System.Globalization;
using Norris.Node;
using Norris.Node.Delivery;
using Norris.Node.Peers;
using Norris.Options;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Terminal.Commands;

/// <summary>Answers the commands that ask a node something.</summary>
/// <param name="node">Whom to ask.</param>
internal sealed class NodeAnswers(NodeLoop node)
{
    private static readonly IReadOnlyList<string> NotIn = ["not in a network yet"];

    /// <summary>Answers in lines.</summary>
    public async ValueTask<IReadOnlyList<string>> AnswerAsync(Command command, CancellationToken cancellation) => command.Kind switch
    {
        CommandKind.Who => await AskAsync(static loop => TextEventWriter.MembersText(RosterOf(loop), loop.Core.Self)),
        CommandKind.Whois => await AskAsync(loop => Whois(loop, command.Argument)),
        CommandKind.Ignore => await AskAsync(loop => Ignore(loop, command.Argument)),
        CommandKind.Host => await AskAsync(Host),
        CommandKind.Stats => await AskAsync(Stats),
        CommandKind.Digest => Digests(await node.CompareDigestsAsync(cancellation)),
        _ => [],
    };

    /// <summary>The names of the others who are here, for completion; blocks for as long as the loop needs to answer.</summary>
    public IReadOnlyList<string> OtherNames()
    {
        var query = new QueryInput<IReadOnlyList<string>>(
            static loop => [.. loop.Core.View.BySeniority.Where(member => member.Id != loop.Core.Self).Select(static member => member.Name)], []);
        node.Post(query);
        return query.Answer.GetAwaiter().GetResult();
    }

    private async ValueTask<IReadOnlyList<string>> AskAsync(Func<NodeLoop, IReadOnlyList<string>> ask)
    {
        var query = new QueryInput<IReadOnlyList<string>>(loop => loop.Core.Self.IsNone ? NotIn : ask(loop), NotIn);
        node.Post(query);
        return await query.Answer;
    }

    private static Roster RosterOf(NodeLoop loop) => Presenter.RosterOf(Snapshot.Of(loop.Core.View, loop.Core.Log));

    private static IReadOnlyList<string> Whois(NodeLoop loop, string name)
    {
        View view = loop.Core.View;
        if (Find(view, name) is not { } member)
        {
            return [NobodyCalled(view, name)];
        }
        string what = member.Kind == MemberKind.Guest ? $"a guest, through {view.Find(member.Via)?.Name ?? member.Via.ToString()}"
            : member.Id == view.Host ? $"the host, at {member.Address}" : $"a node, at {member.Address}";
        string you = member.Id == loop.Core.Self ? " (you)" : "";
        string ignored = loop.Presenter.Ignored.Contains(member.Id, member.Name) ? "; ignored here" : "";
        int place = view.BySeniority.TakeWhile(each => each.Id != member.Id).Count() + 1;
        return
        [
            $"{member.Name}{you} is {what}{ignored}",
            string.Create(CultureInfo.InvariantCulture, $"  id {member.Id}, joined at #{member.JoinedAt.Value}, number {place} of {view.BySeniority.Count} by seniority"),
        ];
    }

    private static IReadOnlyList<string> Ignore(NodeLoop loop, string name)
    {
        IgnoreList ignored = loop.Presenter.Ignored;
        if (name.Length == 0)
        {
            return [ignored.Names.Count == 0 ? "nobody is ignored; /ignore NAME shows no messages of that member" : $"ignored: {string.Join(", ", ignored.Names)}"];
        }
        if (ignored.Remove(name))
        {
            return [$"{name} is not ignored any more"];
        }
        if (Find(loop.Core.View, name) is not { } member)
        {
            return [NobodyCalled(loop.Core.View, name)];
        }
        if (member.Id == loop.Core.Self)
        {
            return ["that is you"];
        }
        ignored.Add(member.Id, member.Name);
        return [$"messages of {member.Name} are not shown here any more; /ignore {member.Name} shows them again"];
    }

    private static IReadOnlyList<string> Host(NodeLoop loop)
    {
        View view = loop.Core.View;
        string next = view.BySeniority.FirstOrDefault(member => member.Kind == MemberKind.Node && member.Id != view.Host) is { } first
            ? first.Id == loop.Core.Self ? "you are next" : $"{first.Name} is next"
            : "nobody is next";
        return view.HostMember is { } host
            ? [string.Create(CultureInfo.InvariantCulture, $"{(host.Id == loop.Core.Self ? "you are" : $"{host.Name} at {host.Address} is")} the host, in epoch {view.Epoch.Value}; {next}")]
            : ["there is no host now"];
    }

    private static IReadOnlyList<string> Stats(NodeLoop loop)
    {
        NodeCore core = loop.Core;
        NodeCounters counters = loop.Counters;
        FormattableString[] lines =
        [
            $"network {core.View.Network:x16}, epoch {core.View.Epoch.Value}, at #{core.Position.Sequence.Value}; everybody has up to #{core.Stable.Value}",
            $"log: {core.Log.BytesHeld / 1024.0:0.0} KiB held of {core.Log.BytesAppended / 1024.0:0.0} KiB; digest {core.Position.Digest}",
            $"own and guests' messages: {counters.OrderedHere} ordered, {core.Waiting.Count} waiting, {counters.TurnedAway} turned away",
            $"delay: {core.Clock.RoundTripMicroseconds / 1000.0:0.00} ms to the host and back; clock {core.Clock.OffsetMicroseconds / 1000.0:+0.00;-0.00;0} ms off the network's",
            $"host lost {counters.HostLost} times, taken over {counters.Takeovers}, gaps {counters.Gaps}, broken order {counters.Divergences}",
            $"memory: {Environment.WorkingSet / 1048576.0:0.0} MiB; followers served: {core.FollowerCount}",
        ];
        return [.. lines.Select(static line => line.ToString(CultureInfo.InvariantCulture))];
    }

    private static IReadOnlyList<string> Digests(IReadOnlyList<DigestComparison> compared)
    {
        if (compared.Count == 0)
        {
            return NotIn;
        }
        DigestComparison own = compared[0];
        var lines = new List<string> { string.Create(CultureInfo.InvariantCulture, $"this node's order up to #{own.At.Value} has the digest {own.Digest}") };
        foreach (DigestComparison each in compared.Skip(1))
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"  {each.Name}: ") + each.Verdict switch
            {
                DigestVerdict.Same => string.Create(CultureInfo.InvariantCulture, $"the same up to #{each.At.Value}"),
                DigestVerdict.Different => string.Create(CultureInfo.InvariantCulture, $"ANOTHER ORDER up to #{each.At.Value}: its digest is {each.Digest}"),
                DigestVerdict.NotComparable => string.Create(CultureInfo.InvariantCulture, $"is at #{each.At.Value}, which this node does not hold"),
                _ => $"did not answer ({each.Failure})",
            });
        }
        int same = compared.Count(static each => each.Verdict == DigestVerdict.Same);
        int nodes = compared.Count;
        lines.Add(same + 1 == nodes
            ? nodes == 1 ? "there is no other node to compare with" : string.Create(CultureInfo.InvariantCulture, $"all {nodes} nodes have the same order")
            : string.Create(CultureInfo.InvariantCulture, $"{same + 1} of {nodes} nodes are known to have the same order"));
        return lines;
    }

    private static Member? Find(View view, string name) =>
        view.FindByName(name) ?? view.BySeniority.FirstOrDefault(member => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static string NobodyCalled(View view, string name)
    {
        string hint = NearestWord.Find(name, view.BySeniority.Select(static member => member.Name)) is { } nearest ? $"did you mean {nearest}?" : "/who lists the names";
        return $"nobody here is called {UsageError.Shown(name)}; {hint}";
    }
}
