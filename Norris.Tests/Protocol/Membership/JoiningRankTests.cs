using System.Text;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol.Membership;

/// <summary>Who begins where everybody only joins.</summary>
public sealed class JoiningRankTests
{
    private static readonly JoiningRank Newcomer = new(Epoch.None, SequenceNumber.None, 1);

    private static JoiningRank At(ulong epoch, ulong last, ulong draw) => new(new Epoch(epoch), new SequenceNumber(last), draw);

    [Fact]
    public void Who_has_the_later_history_goes_first_and_newcomers_last()
    {
        JoiningRank[] ranks = [Newcomer, At(7, 94, 3), At(8, 90, 9), At(7, 96, 5), Newcomer with { Draw = 0 }, At(7, 94, 2)];

        Assert.Equal(
            [At(8, 90, 9), At(7, 96, 5), At(7, 94, 2), At(7, 94, 3), Newcomer with { Draw = 0 }, Newcomer],
            ranks.Order(Comparer<JoiningRank>.Create(static (one, other) => one.GoesBefore(other) ? -1 : other.GoesBefore(one) ? 1 : 0)));
    }

    [Fact]
    public void Its_written_form_reads_back()
    {
        JoiningRank rank = JoiningRank.Of(new MemberToken(1, 2), new Position(new Epoch(3), new SequenceNumber(4), default));

        Assert.StartsWith("00000000000000030000000000000004", rank.ToString(), StringComparison.Ordinal);
        Assert.True(JoiningRank.TryParse(Encoding.ASCII.GetBytes(rank.ToString()), out JoiningRank read));
        Assert.Equal(rank, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123456789abcdef")]
    [InlineData("000000000000000000000000000000000000000000000000f")]
    [InlineData("00000000000000000000000000000000000000000000000g")]
    public void Anything_else_is_no_rank(string text) => Assert.False(JoiningRank.TryParse(Encoding.ASCII.GetBytes(text), out _));
}
