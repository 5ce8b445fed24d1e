using Norris.Discovery;

namespace Norris.Tests.Discovery;

/// <summary>The datagram by which nodes on one segment find each other, and what is none.</summary>
public sealed class SegmentWordTests
{
    private static readonly SegmentWord Some = new(SegmentWordKind.MemberIsHere, 0x0102030405060708, 0xF1F2F3F4F5F6F7F8, 0x1B58);

    [Fact]
    public void The_bytes_are_as_the_grammar_says() =>
        Assert.Equal("4E4F52524953" + "01" + "04" + "0807060504030201" + "F8F7F6F5F4F3F2F1" + "581B", Convert.ToHexString(Some.ToBytes()));

    [Theory]
    [InlineData(1, false, true)]
    [InlineData(2, true, true)]
    [InlineData(3, false, false)]
    [InlineData(4, true, false)]
    public void What_is_written_is_read(byte kind, bool isOfMember, bool isQuestion)
    {
        SegmentWord word = Some with { Kind = (SegmentWordKind)kind };
        Assert.True(SegmentWord.TryRead(word.ToBytes(), out SegmentWord read));
        Assert.Equal(word, read);
        Assert.Equal((isOfMember, isQuestion), (read.IsOfMember, read.IsQuestion));
    }

    [Theory]
    [InlineData("", "nothing")]
    [InlineData("4E4F52524953", "only the first word")]
    [InlineData("4E4F5252495301040807060504030201F8F7F6F5F4F3F2F158", "a byte too few")]
    [InlineData("4E4F5252495301040807060504030201F8F7F6F5F4F3F2F1581B00", "a byte too many")]
    [InlineData("6E4F5252495301040807060504030201F8F7F6F5F4F3F2F1581B", "another first word")]
    [InlineData("4E4F5252495300040807060504030201F8F7F6F5F4F3F2F1581B", "an earlier version")]
    [InlineData("4E4F5252495302040807060504030201F8F7F6F5F4F3F2F1581B", "a later version")]
    [InlineData("4E4F5252495301000807060504030201F8F7F6F5F4F3F2F1581B", "no kind")]
    [InlineData("4E4F5252495301050807060504030201F8F7F6F5F4F3F2F1581B", "an unknown kind")]
    [InlineData("4E4F52524953 01 04 0807060504030201F8F7F6F5F4F3F2F1 0000", "no port")]
    [InlineData("474554202F20485454502F312E310D0A0D0A0000000000000000", "something else of that length")]
    public void What_is_none_is_refused(string hex, string what)
    {
        Assert.False(SegmentWord.TryRead(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), out SegmentWord word), what);
        Assert.Equal(0, word.Port);
    }

    [Fact]
    public void Whatever_is_changed_or_cut_off_it_is_read_as_said_or_refused()
    {
        var random = new Random(7);
        byte[] bytes = Some.ToBytes();
        for (int i = 0; i < 20_000; i++)
        {
            byte[] changed = bytes[..random.Next(bytes.Length + 1)];
            for (int k = random.Next(3); k > 0 && changed.Length > 0; k--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }
            if (SegmentWord.TryRead(changed, out SegmentWord word))
            {
                Assert.Equal(changed, word.ToBytes());
            }
        }
    }
}
