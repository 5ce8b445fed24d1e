using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol.Ordering;

public sealed class SnapshotTests
{
    [Fact]
    public void Puts_a_view_and_a_log_where_they_were_taken()
    {
        (View view, Log log) = Fill();
        Snapshot snapshot = Snapshot.Of(view, log);
        var restored = new View();
        var empty = new Log();

        Assert.True(snapshot.TryRestore(restored, empty));

        Assert.Equal((log.Last, log.Digest, log.LastTime), (empty.Last, empty.Digest, empty.LastTime));
        Assert.Equal(log.Last, empty.Before);
        Assert.Equal((view.Network, view.Epoch, view.Host, view.NodeCount), (restored.Network, restored.Epoch, restored.Host, restored.NodeCount));
        Assert.Equal(
            view.BySeniority.Select(static m => (m.Id, m.Kind, m.Token, m.Name, m.Address, m.Via, m.JoinedAt, m.LastNumber)),
            restored.BySeniority.Select(static m => (m.Id, m.Kind, m.Token, m.Name, m.Address, m.Via, m.JoinedAt, m.LastNumber)));
        Assert.Equal(view.Departed.OldestFirst, restored.Departed.OldestFirst);
    }

    [Fact]
    public void Two_share_the_members_that_are_the_same_in_both()
    {
        (View view, Log log) = Fill();
        Snapshot first = Snapshot.Of(view, log);
        Member changed = view.BySeniority[0];
        changed.LastNumber++;
        Snapshot second = Snapshot.Of(view, log);
        Assert.Equal(
            view.BySeniority.Select(member => member != changed), first.Members.Zip(second.Members, static (one, other) => ReferenceEquals(one, other)));
        Assert.Equal(changed.LastNumber, first.Members[0].LastNumber + 1);
        changed.Name = "other";
        Assert.Equal("other", Snapshot.Of(view, log).Members[0].Name);
    }

    [Fact]
    public void Shares_nothing_with_what_it_was_taken_from()
    {
        (View view, Log log) = Fill();
        Snapshot snapshot = Snapshot.Of(view, log);
        view.Find(new MemberId(1))!.LastNumber = 99;
        Assert.NotEqual(99UL, snapshot.Members[0].LastNumber);
        var restored = new View();
        Assert.True(snapshot.TryRestore(restored, new Log()));
        restored.Find(new MemberId(1))!.Name = "other";
        Assert.Equal("alice", snapshot.Members[0].Name);
    }

    [Fact]
    public void What_contradicts_itself_is_refused()
    {
        (View view, Log log) = Fill();
        Snapshot good = Snapshot.Of(view, log);
        Assert.False((good with { Members = [good.Members[0], good.Members[0]] }).TryRestore(new View(), new Log()));
        Assert.False((good with { Host = new MemberId(77) }).TryRestore(new View(), new Log()));
        Assert.False((good with { Host = new MemberId(2) }).TryRestore(new View(), new Log()));
        Assert.False((good with { Members = [] }).TryRestore(new View(), new Log()));
    }

    private static (View View, Log Log) Fill()
    {
        var log = new LogOfView();
        log.Join(1, "alice");
        log.StartEpoch(1, 1);
        log.Join(2, "guest", via: 1);
        log.Join(3, "carol");
        log.Say(3, 1);
        log.Leave(3);
        log.Say(1, 1);
        return (log.View, log.Log);
    }
}
