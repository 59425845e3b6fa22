// What browsers have and the compiler's library does not know yet.
interface Window {
  trustedTypes?: { createPolicy(name: string, rules: object): any };
  BarcodeDetector?: any;
}
declare const BarcodeDetector: any;
