using System.Text;
using Norris.Terminal.Keys;

namespace Norris.Tests.Terminal;

public sealed class KeyDecoderTests
{
    [Theory]
    [InlineData("a", "a")]
    [InlineData("é漢😀", "é漢😀")]
    [InlineData("\r\n", "Enter Enter")]
    [InlineData("\u007F\b", "Backspace Backspace")]
    [InlineData("\u0001\u0002\u0003\u0004\u0005\u0006", "Home Left Interrupt EndOfInput End Right")]
    [InlineData("\t\u000B\f\u000E\u0010\u0015\u0017\u001A", "Tab DeleteToEnd ClearScreen Down Up DeleteToStart DeleteWord Suspend")]
    [InlineData("\e[A\e[B\e[C\e[D\e[H\e[F", "Up Down Right Left Home End")]
    [InlineData("\eOA\eOB\eOC\eOD\eOH\eOF\eOM", "Up Down Right Left Home End Enter")]
    [InlineData("\e[1~\e[3~\e[4~\e[7~\e[8~", "Home Delete End Home End")]
    [InlineData("\e[1;5D\e[1;3C\eb\ef\e\u007F", "WordLeft WordRight WordLeft WordRight DeleteWord")]
    [InlineData("\e[200~x\e[201~", "PasteStart x PasteEnd")]
    [InlineData("\ed\e\r\u0019\u0012\u0007\e[13;2u", "DeleteWordAfter LineBreak Yank Search Cancel LineBreak")]
    [InlineData("\e[5~\e[6~\e[I\e[O", "PageUp PageDown FocusIn FocusOut")]
    [InlineData("\e[24;80R\e[R\e[;R\e[1;R\e[99999999999;1Rx", "Position x")]
    [InlineData("\e[38;5;1mX\e[?25hY\eOzZ\e[24~", "XYZ")]
    [InlineData("\e\e[A", "Escape Up")]
    [InlineData("\e[1\u0003", "Interrupt")]
    [InlineData("\u009B\u0000\u001Cx", "x")]
    public void Bytes_are_keys_however_they_are_split(string sent, string expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(sent);
        string keys = expected.Replace(" ", "", StringComparison.Ordinal);

        Assert.Equal(keys, Show(Decode(bytes)));
        Assert.Equal(keys, Show(Decode([.. bytes.Select(value => new[] { value })])));
    }

    [Fact]
    public void A_bare_escape_is_known_when_nothing_follows()
    {
        var decoder = new KeyDecoder();
        List<Key> keys = [];

        decoder.Decode("\e"u8, keys);
        Assert.True(decoder.IsWithinSequence);
        Assert.Empty(keys);
        decoder.Flush(keys);

        Assert.False(decoder.IsWithinSequence);
        Assert.Equal("Escape", Show(keys));
    }

    [Theory]
    [InlineData("C341", "\uFFFDA")]
    [InlineData("C30D", "\uFFFDEnter")]
    [InlineData("FF", "\uFFFD")]
    [InlineData("E282C3A9", "\uFFFDé")]
    [InlineData("1BC3A9", "é")]
    public void What_is_not_utf8_hides_no_key(string bytes, string expected) => Assert.Equal(expected, Show(Decode(Convert.FromHexString(bytes))));

    [Fact]
    public void A_position_has_row_and_column()
    {
        Key key = Assert.Single(Decode("\e[24;80R"u8.ToArray()));

        Assert.Equal((24, 80), (key.Row, key.Column));
    }

    [Fact]
    public void An_endless_sequence_is_dropped_to_its_end() =>
        Assert.Equal("x", Show(Decode(Encoding.ASCII.GetBytes("\e[" + new string('1', 1000) + "Ax"))));

    [Fact]
    public void Random_bytes_never_hold_more_than_a_sequence()
    {
        var random = new Random(3);
        byte[] bytes = new byte[100_000];
        random.NextBytes(bytes);

        List<Key> keys = Decode(bytes);

        Assert.All(keys, key => Assert.True(key.Kind != KeyKind.Character || !Rune.IsControl(key.Rune)));
    }

    private static List<Key> Decode(params byte[][] reads)
    {
        var decoder = new KeyDecoder();
        List<Key> keys = [];
        foreach (byte[] read in reads)
        {
            decoder.Decode(read, keys);
        }
        return keys;
    }

    private static string Show(List<Key> keys) =>
        string.Concat(keys.Select(key => key.Kind == KeyKind.Character ? key.Rune.ToString() : key.Kind.ToString()));
}
