using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol.Ordering;

/// <summary>What the order was before entries that are given up: at every entry, from every committed one before it.</summary>
public sealed class CommittedViewTests
{
    private static readonly Func<LogOfView, bool>[] Story =
    [
        log => log.Join(1, "n1"),
        log => log.StartEpoch(1, 1),
        log => log.Join(2, "n2"),
        log => log.Say(1, 1),
        log => log.Join(3, "n3"),
        log => log.Say(2, 1),
        log => log.Join(11, "guest", via: 2),
        log => log.Say(11, 1),
        log => log.Rename(2, 2, "other"),
        log => log.Leave(3, LeaveReason.Lost),
        log => log.StartEpoch(2, 2),
        log => log.Say(2, 3),
        log => log.Join(3, "n2"),
        log => log.Leave(11),
        log => log.Leave(1),
    ];

    private readonly LogOfView _log = new();
    private readonly List<string> _was = [];

    public CommittedViewTests()
    {
        _was.Add(Describe(_log.View));
        foreach (Func<LogOfView, bool> happens in Story)
        {
            Assert.True(happens(_log));
            _was.Add(Describe(_log.View));
        }
        Assert.Equal(_was.Count, _was.Distinct().Count());
    }

    [Fact]
    public void A_view_is_found_back_from_whatever_is_committed()
    {
        for (int committed = 0; committed <= Story.Length; committed++)
        {
            CommittedView view = Committed(committed);
            for (int at = committed; at <= Story.Length; at++)
            {
                var restored = new View();
                view.Restore(restored, _log.Log, At(at));
                Assert.Equal(_was[at], Describe(restored));
            }
            Assert.Equal(At(committed), view.At);
        }
    }

    [Fact]
    public void What_happens_to_the_view_that_was_found_back_changes_nothing_that_is_committed()
    {
        CommittedView view = Committed(8);
        var first = new View();
        view.Restore(first, _log.Log, At(8));
        first.Find(new MemberId(2))!.LastNumber = 99;
        first.Find(new MemberId(11))!.Name = "changed";
        view.Restore(first, _log.Log, At(12));
        Assert.Equal(_was[12], Describe(first));
    }

    [Fact]
    public void It_never_goes_back()
    {
        CommittedView view = Committed(9);
        view.Advance(_log.Log, At(4));
        Assert.Equal(At(9), view.At);
        var restored = new View();
        view.Restore(restored, _log.Log, At(9));
        Assert.Equal(_was[9], Describe(restored));
    }

    [Fact]
    public void A_newcomer_could_start_from_what_is_committed()
    {
        CommittedView committed = Committed(10);
        var view = new View();
        committed.Restore(view, _log.Log, At(10));
        Snapshot expected = Snapshot.Of(view, new Position(new Epoch(1), At(10), _log.Log.DigestAt(At(10))), _log.Log.TimeAt(At(10)));
        Snapshot snapshot = committed.Snapshot(_log.Log);
        var newcomers = new View();
        var others = new View();
        var log = new Log();
        Assert.True(snapshot.TryRestore(newcomers, log));
        Assert.True(expected.TryRestore(others, new Log()));
        Assert.Equal(Describe(others), Describe(newcomers));
        Assert.Equal((At(10), _log.Log.DigestAt(At(10)), _log.Log.TimeAt(At(10))), (log.Last, log.Digest, log.LastTime));
        Assert.Equal(expected.Position, snapshot.Position);
    }

    private static SequenceNumber At(int sequence) => new((ulong)sequence);

    private static string Describe(View view) => string.Join('\n', [
        $"{view.Network} {view.Epoch} {view.Host} {view.NodeCount}",
        .. view.BySeniority.Select(static m => $"{m.Id} {m.Kind} {m.Token} {m.Name} {m.Address} {m.Via} {m.JoinedAt} {m.LastNumber} {m.NumberBefore} {m.IsRemembered}"),
        .. view.Departed.OldestFirst.Select(static departed => departed.ToString()),
    ]);

    private CommittedView Committed(int upTo)
    {
        var view = new CommittedView();
        view.Begin(new View(), SequenceNumber.None);
        view.Advance(_log.Log, At(upTo));
        return view;
    }
}
