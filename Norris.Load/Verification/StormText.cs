using System.Buffers.Text;

namespace Norris.Load.Verification;

/// <summary>
/// The texts of the storm: who says it, the how manieth it is, and dots up to the size that was asked for.
/// <code>text = sender " " number " " *"."</code>
/// </summary>
internal static class StormText
{
    /// <summary>Room for a sender and a number of any size.</summary>
    public const int BytesMin = 24;

    /// <summary>Fills <paramref name="text"/> with the text.</summary>
    public static void Write(Span<byte> text, int sender, int number)
    {
        text.Fill((byte)'.');
        Utf8Formatter.TryFormat(sender, text, out int senderBytes);
        text[senderBytes] = (byte)' ';
        Utf8Formatter.TryFormat(number, text[(senderBytes + 1)..], out int numberBytes);
        text[senderBytes + 1 + numberBytes] = (byte)' ';
    }

    /// <summary>Finds out who said it and the how manieth it was.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out int sender, out int number)
    {
        number = 0;
        return Utf8Parser.TryParse(text, out sender, out int senderBytes)
            && text.Length > senderBytes && text[senderBytes] == (byte)' '
            && Utf8Parser.TryParse(text[(senderBytes + 1)..], out number, out int numberBytes)
            && text.Length > senderBytes + 1 + numberBytes && text[senderBytes + 1 + numberBytes] == (byte)' ';
    }
}
