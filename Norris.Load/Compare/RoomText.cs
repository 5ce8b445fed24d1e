using System.Buffers.Binary;

namespace Norris.Load.Compare;

/// <summary>
/// The texts that all peers carry: who says it, the how manieth it is and when it was due, in letters that each of them lets through.
/// <code>text = sender:4 number:12 due:16 *"."        ; hexadecimal digits; due in ticks of the stopwatch</code>
/// </summary>
internal static class RoomText
{
    /// <summary>The shortest text.</summary>
    public const int BytesMin = 32;

    private const int WhatBytes = 16;

    /// <summary>Fills <paramref name="text"/>.</summary>
    public static void Write(Span<byte> text, int sender, int number, long due)
    {
        WriteDigits(text[..4], (ulong)sender);
        WriteDigits(text[4..WhatBytes], (ulong)number);
        WriteDigits(text[WhatBytes..BytesMin], (ulong)due);
        text[BytesMin..].Fill((byte)'.');
    }

    /// <summary>Who said it.</summary>
    public static int Sender(ReadOnlySpan<byte> text) => (int)ReadDigits(text[..4]);

    /// <summary>The how manieth of that sender it is.</summary>
    public static int Number(ReadOnlySpan<byte> text) => (int)ReadDigits(text[4..WhatBytes]);

    /// <summary>When it was due.</summary>
    public static long Due(ReadOnlySpan<byte> text) => (long)ReadDigits(text[WhatBytes..BytesMin]);

    /// <summary>Folds who and what into a fingerprint of the order: the cheapest thing that another order would change.</summary>
    public static ulong Fold(ulong fingerprint, ReadOnlySpan<byte> text)
    {
        ulong high = BinaryPrimitives.ReadUInt64LittleEndian(text);
        ulong low = BinaryPrimitives.ReadUInt64LittleEndian(text[8..]);
        return (ulong.RotateLeft(fingerprint, 5) ^ high ^ ulong.RotateLeft(low, 32)) * 0x9E3779B97F4A7C15;
    }

    private static void WriteDigits(Span<byte> digits, ulong value)
    {
        for (int i = digits.Length - 1; i >= 0; i--, value >>= 4)
        {
            digits[i] = "0123456789abcdef"u8[(int)(value & 15)];
        }
    }

    // Eight digits at a time, which takes a few instructions: what a receiver does with a text must not hide what its peer costs. What is no digit
    // becomes some number, which is not the expected one.
    private static ulong ReadDigits(ReadOnlySpan<byte> digits)
    {
        ulong value = 0;
        while (digits.Length >= 8)
        {
            value = (value << 32) | ReadEight(BinaryPrimitives.ReadUInt64BigEndian(digits));
            digits = digits[8..];
        }
        return digits.IsEmpty ? value : (value << 16) | ReadEight(BinaryPrimitives.ReadUInt32BigEndian(digits));
    }

    private static ulong ReadEight(ulong letters)
    {
        // Letters have bit 6 set, and nine less in their low half than they stand for.
        ulong halves = (letters & 0x0f0f0f0f0f0f0f0f) + (9 * ((letters >> 6) & 0x0101010101010101));
        halves = (halves | (halves >> 4)) & 0x00ff00ff00ff00ff;
        halves = (halves | (halves >> 8)) & 0x0000ffff0000ffff;
        return (halves | (halves >> 16)) & 0xffffffff;
    }
}
