using Norris.Node.Measures;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Node.Measures;

public sealed class TouchNoticeTests
{
    private readonly TouchNotice _notice = new();

    [Fact]
    public void What_is_over_within_a_moment_nobody_reads_of()
    {
        _notice.Lost("lost", At(0));
        Assert.Null(_notice.TakeDue(isInTouch: false, At(999_999)));
        Assert.False(_notice.Found());
        Assert.Null(_notice.DueAt);
        Assert.Null(_notice.TakeDue(isInTouch: false, At(5_000_000)));
    }

    [Fact]
    public void What_lasts_is_told_once_and_so_is_its_end()
    {
        _notice.Lost("refused", At(0));
        _notice.Lost("no answer", At(600_000));
        Assert.Equal(At(1_000_000), _notice.DueAt);
        Assert.Equal("no answer", _notice.TakeDue(isInTouch: false, At(1_000_000)));
        _notice.Lost("no answer", At(1_500_000));
        Assert.Null(_notice.TakeDue(isInTouch: false, At(9_000_000)));
        Assert.True(_notice.Found());
        Assert.False(_notice.Found());
    }

    [Fact]
    public void Where_another_host_reigns_the_next_loss_is_told_anew()
    {
        _notice.Lost("first", At(0));
        Assert.Equal("first", _notice.TakeDue(isInTouch: false, At(2_000_000)));
        Assert.Null(_notice.TakeDue(isInTouch: true, At(3_000_000)));
        Assert.False(_notice.IsUnderWay);
        _notice.Lost("second", At(4_000_000));
        Assert.Null(_notice.TakeDue(isInTouch: false, At(4_500_000)));
        Assert.Equal("second", _notice.TakeDue(isInTouch: false, At(5_000_000)));
    }

    private static Timestamp At(long microseconds) => new(1_000_000_000 + microseconds);
}
