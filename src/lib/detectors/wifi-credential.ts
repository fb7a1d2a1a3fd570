import type { Detector } from './detector.ts';

/** The text of a Wi-Fi QR code, which holds the network's password: `WIFI:T:WPA;S:name;P:password;;`. */
export const wifiCredential: Detector = {
  finds: 'Wi-Fi credentials',
  fieldType: 'credential',
  evidence: 'each',
  columnNames: /wi-?fi|wlan|\bpsk\b|passphrase/u,
  detects: (text) => /^WIFI:(?:[^;]*;)*P:[^;]+;/u.test(text),
};
