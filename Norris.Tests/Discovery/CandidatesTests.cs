using Norris.Discovery;

namespace Norris.Tests.Discovery;

/// <summary>Who is tried of those that say they are there.</summary>
public sealed class CandidatesTests
{
    private readonly Candidates _candidates = new(instance: 100);

    [Fact]
    public void Each_member_is_tried_once_and_no_more_than_a_few_are()
    {
        Assert.True(Try(SegmentWordKind.MemberIsHere, 500));
        Assert.False(Try(SegmentWordKind.MemberIsHere, 500));
        Assert.Equal(Candidates.MembersMax - 1, Enumerable.Range(0, 1_000).Count(i => Try(SegmentWordKind.MemberAsks, (ulong)(1_000 + i))));
        _candidates.StartOver();
        Assert.True(Try(SegmentWordKind.MemberIsHere, 500));
    }

    [Fact]
    public void Of_those_that_only_look_whoever_would_begin_first_is_tried()
    {
        Assert.False(Try(SegmentWordKind.NewcomerAsks, 101));
        Assert.True(Try(SegmentWordKind.NewcomerAsks, 50));
        Assert.False(Try(SegmentWordKind.NewcomerIsHere, 50));
        Assert.False(Try(SegmentWordKind.NewcomerIsHere, 60));
        Assert.True(Try(SegmentWordKind.NewcomerIsHere, 40));
        Assert.Equal(Candidates.NewcomersMax - 2, Enumerable.Range(1, 39).Count(i => Try(SegmentWordKind.NewcomerAsks, (ulong)(40 - i))));
    }

    [Fact]
    public void Whoever_hears_itself_tries_nobody() => Assert.False(Try(SegmentWordKind.MemberIsHere, 100));

    private bool Try(SegmentWordKind kind, ulong instance) => _candidates.TryAdd(new SegmentWord(kind, 0, instance, 7000));
}
