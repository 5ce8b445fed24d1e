using System.Globalization;
using System.Text;

namespace Norris.Terminal.Keys;

/// <summary>
/// Turns a terminal's bytes into keys. Escape sequences and characters may be split between reads at any byte.
/// <code>
/// key  = char / control / ESC char / CSI / SS3
/// CSI  = ESC "[" *( %x20-3F ) %x40-7E          ; ECMA-48, section 5.4
/// SS3  = ESC "O" %x40-7E                       ; what keypads send
/// </code>
/// Sequences it does not know are dropped whole, never typed into the line. It holds at most <see cref="HeldBytesMax"/> bytes.
/// </summary>
internal sealed class KeyDecoder
{
    /// <summary>The longest sequence that is understood, in bytes; a longer one is dropped up to its end.</summary>
    public const int HeldBytesMax = 32;

    private const byte Esc = 0x1B;

    private readonly byte[] _held = new byte[HeldBytesMax];
    private int _count;
    private bool _isDropping;

    /// <summary>Whether the next bytes belong to what came before; a bare Escape looks like that until <see cref="Flush"/>.</summary>
    public bool IsWithinSequence => _count > 0 || _isDropping;

    /// <summary>Adds the keys that <paramref name="bytes"/> complete to <paramref name="keys"/>.</summary>
    public void Decode(ReadOnlySpan<byte> bytes, ICollection<Key> keys)
    {
        foreach (byte value in bytes)
        {
            Take(value, keys);
        }
    }

    /// <summary>Nothing followed for a while: an Escape that was held is the key, an unfinished sequence is none.</summary>
    public void Flush(ICollection<Key> keys)
    {
        if (_count == 1 && _held[0] == Esc)
        {
            keys.Add(new Key(KeyKind.Escape));
        }
        _count = 0;
        _isDropping = false;
    }

    private void Take(byte value, ICollection<Key> keys)
    {
        if (_isDropping)
        {
            _isDropping = value is >= 0x20 and < 0x40;
            return;
        }
        if (_count == 0 || _held[0] != Esc)
        {
            TakePlain(value, keys);
            return;
        }
        if (value == Esc)
        {
            // The one before led nowhere.
            Flush(keys);
            Hold(value);
            return;
        }
        bool opensSequence = _count == 1 && value is (byte)'[' or (byte)'O';
        Hold(value);
        if (_count == 2 && opensSequence)
        {
            return;
        }
        if (_count == 2)
        {
            EndWithAlt(value, keys);
        }
        else if (value is >= 0x40 and <= 0x7E)
        {
            EndSequence(keys);
        }
        else if (value is < 0x20 or > 0x7E)
        {
            // No part of a sequence: what was held is broken, and the byte stands for itself.
            _count = 0;
            TakePlain(value, keys);
        }
        else if (_count == HeldBytesMax)
        {
            _count = 0;
            _isDropping = true;
        }
    }

    private void TakePlain(byte value, ICollection<Key> keys)
    {
        if (value == Esc)
        {
            _count = 0;
            Hold(value);
            return;
        }
        if (_count == 0 && value < 0x80)
        {
            AddAscii(value, keys);
            return;
        }
        Hold(value);
        while (_count > 0)
        {
            System.Buffers.OperationStatus status = Rune.DecodeFromUtf8(_held.AsSpan(0, _count), out Rune rune, out int length);
            if (status == System.Buffers.OperationStatus.NeedMoreData)
            {
                return;
            }
            _held.AsSpan(length, _count - length).CopyTo(_held);
            _count -= length;
            if (rune.IsAscii)
            {
                // It ended a character that was never completed.
                AddAscii((byte)rune.Value, keys);
            }
            else if (!Rune.IsControl(rune))
            {
                keys.Add(Key.Of(rune));
            }
        }
    }

    private void EndWithAlt(byte value, ICollection<Key> keys)
    {
        _count = 0;
        KeyKind? kind = value switch
        {
            (byte)'b' => KeyKind.WordLeft,
            (byte)'f' => KeyKind.WordRight,
            (byte)'d' => KeyKind.DeleteWordAfter,
            0x7F or 0x08 => KeyKind.DeleteWord,
            (byte)'\r' or (byte)'\n' => KeyKind.LineBreak,
            _ => null,
        };
        if (kind is { } known)
        {
            keys.Add(new Key(known));
        }
        else if (value >= 0x80)
        {
            TakePlain(value, keys);
        }
    }

    private void EndSequence(ICollection<Key> keys)
    {
        ReadOnlySpan<byte> sequence = _held.AsSpan(1, _count - 1);
        _count = 0;
        if (Find(sequence) is { } kind)
        {
            keys.Add(new Key(kind));
        }
        else if (sequence is [(byte)'[', .. var numbers, (byte)'R'])
        {
            AddPosition(numbers, keys);
        }
    }

    // A cursor position report (ECMA-48, section 8.3.14): row ";" column.
    private static void AddPosition(ReadOnlySpan<byte> numbers, ICollection<Key> keys)
    {
        int between = numbers.IndexOf((byte)';');
        if (between > 0
            && int.TryParse(numbers[..between], NumberStyles.None, CultureInfo.InvariantCulture, out int row)
            && int.TryParse(numbers[(between + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int column))
        {
            keys.Add(new Key(KeyKind.Position) { Row = row, Column = column });
        }
    }

    // Without the escape byte. Modifiers (;2 to ;8) matter for the word keys only: xterm sends ;5 for Ctrl, ;3 for Alt.
    private static KeyKind? Find(ReadOnlySpan<byte> sequence) => sequence switch
    {
        [(byte)'[' or (byte)'O', (byte)'A'] => KeyKind.Up,
        [(byte)'[' or (byte)'O', (byte)'B'] => KeyKind.Down,
        [(byte)'[' or (byte)'O', (byte)'C'] => KeyKind.Right,
        [(byte)'[' or (byte)'O', (byte)'D'] => KeyKind.Left,
        [(byte)'[' or (byte)'O', (byte)'H'] or [(byte)'[', (byte)'1' or (byte)'7', (byte)'~'] => KeyKind.Home,
        [(byte)'[' or (byte)'O', (byte)'F'] or [(byte)'[', (byte)'4' or (byte)'8', (byte)'~'] => KeyKind.End,
        [(byte)'O', (byte)'M'] => KeyKind.Enter,
        [(byte)'[', (byte)'3', (byte)'~'] => KeyKind.Delete,
        [(byte)'[', (byte)'5', (byte)'~'] => KeyKind.PageUp,
        [(byte)'[', (byte)'6', (byte)'~'] => KeyKind.PageDown,
        [(byte)'[', (byte)'I'] => KeyKind.FocusIn,
        [(byte)'[', (byte)'O'] => KeyKind.FocusOut,
        [(byte)'[', (byte)'1', (byte)'3', (byte)';', (byte)'2' or (byte)'3' or (byte)'5', (byte)'u'] => KeyKind.LineBreak,
        [(byte)'[', (byte)'2', (byte)'0', (byte)'0', (byte)'~'] => KeyKind.PasteStart,
        [(byte)'[', (byte)'2', (byte)'0', (byte)'1', (byte)'~'] => KeyKind.PasteEnd,
        [(byte)'[', (byte)'1', (byte)';', (byte)'3' or (byte)'5', (byte)'D'] => KeyKind.WordLeft,
        [(byte)'[', (byte)'1', (byte)';', (byte)'3' or (byte)'5', (byte)'C'] => KeyKind.WordRight,
        _ => null,
    };

    private static void AddAscii(byte value, ICollection<Key> keys)
    {
        KeyKind? kind = value switch
        {
            0x01 => KeyKind.Home,
            0x02 => KeyKind.Left,
            0x03 => KeyKind.Interrupt,
            0x04 => KeyKind.EndOfInput,
            0x05 => KeyKind.End,
            0x06 => KeyKind.Right,
            0x07 => KeyKind.Cancel,
            0x08 or 0x7F => KeyKind.Backspace,
            0x09 => KeyKind.Tab,
            0x0A or 0x0D => KeyKind.Enter,
            0x0B => KeyKind.DeleteToEnd,
            0x0C => KeyKind.ClearScreen,
            0x0E => KeyKind.Down,
            0x10 => KeyKind.Up,
            0x12 => KeyKind.Search,
            0x15 => KeyKind.DeleteToStart,
            0x17 => KeyKind.DeleteWord,
            0x19 => KeyKind.Yank,
            0x1A => KeyKind.Suspend,
            _ => null,
        };
        if (kind is { } known)
        {
            keys.Add(new Key(known));
        }
        else if (value >= 0x20)
        {
            keys.Add(Key.Of(new Rune(value)));
        }
    }

    private void Hold(byte value) => _held[_count++] = value;
}
